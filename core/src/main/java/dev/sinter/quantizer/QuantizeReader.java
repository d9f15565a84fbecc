/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a section {@code quantize}; all of it, algorithms too, is checked when it is read. */
public final class QuantizeReader {
  private static final String RULES = "quant_cfg";
  private static final String ALGORITHM = "algorithm";

  public static final SettingTable TABLE =
      new SettingTable(
              "quantize",
              Setting.of(RULES, new Form.Other("a list of rules"), "Rules in order; the later win")
                  .required(),
              Setting.of(
                      ALGORITHM,
                      new Form.Other("a name, settings with a method, a list, or null"),
                      "How scales are found: max, mse, awq_lite, gptq, ...")
                  .otherwise(Algorithms.MAX),
              Setting.of("effective_bits", new Form.Real(0, 16), "Bits with scales, as a cost"))
          .explaining("quantizers", "Write quant_cfg")
          .explaining("rules", "Write quant_cfg")
          .explaining("method", "Write algorithm: {method: ...}");

  private final Problems problems;
  private final Consumer<String> notes;

  public QuantizeReader(Problems problems, Consumer<String> notes) {
    this.problems = problems;
    this.notes = notes;
  }

  /** The section; empty when there are problems, which are added to. */
  public Optional<QuantizeSection> read(YamlNode node) {
    if (!(node instanceof Mapping section)) {
      problems.add(
          node.place(), "quantize must be a map with quant_cfg and algorithm, not " + node.kind());
      return Optional.empty();
    }
    int before = problems.found().size();
    Settings settings = new Settings(TABLE, section, section.place(), problems);
    List<QuantizerRule> rules = new ArrayList<>();
    settings
        .node(RULES)
        .ifPresent(list -> rules.addAll(new QuantizerRuleReader(problems, notes).read(list)));
    List<Algorithm> algorithms = new ArrayList<>();
    if (settings.isGiven(ALGORITHM)) {
      section
          .member(ALGORITHM)
          .ifPresent(member -> algorithms(member.value(), algorithms, ALGORITHM));
    } else {
      algorithms.add(named(Algorithms.MAX, section.place()));
    }
    if (problems.found().size() > before) {
      return Optional.empty();
    }
    Json.Obj json = json(rules, algorithms.stream().map(QuantizeReader::complete).toList());
    return Optional.of(
        new QuantizeSection(
            AlgorithmMethods.of(algorithms, new QuantizerRules(rules), json), json));
  }

  private static Json.Obj json(List<QuantizerRule> rules, List<Json> written) {
    return Json.object(
        ALGORITHM,
        written.isEmpty() ? null : written.size() == 1 ? written.get(0) : written,
        RULES,
        rules.stream().map(QuantizerRule::json).toList());
  }

  /** With what holds where nothing was said, so that it holds when it is read again. */
  private static Json complete(Algorithm algorithm) {
    Json.Obj whole = algorithm.settings().complete().without(Algorithms.METHOD);
    Map<String, Json> named = new LinkedHashMap<>();
    named.put(Algorithms.METHOD, Json.of(algorithm.method()));
    named.putAll(whole.members());
    named.putAll(algorithm.settings().given().without(Algorithms.METHOD).members());
    return named.size() == 1 ? Json.of(algorithm.method()) : new Json.Obj(named);
  }

  private static Algorithm named(String method, Place place) {
    Mapping none = new Mapping(place, List.of());
    return new Algorithm(
        method,
        new Settings(Algorithms.TABLES.get(method), none, place, new Problems()),
        List.of());
  }

  private void algorithms(YamlNode node, List<Algorithm> into, String what) {
    if (node instanceof Sequence list) {
      list.items().forEach(item -> algorithms(item, into, "an entry of " + ALGORITHM));
    } else if (node instanceof Mapping given) {
      algorithm(given, into);
    } else if (node instanceof Scalar scalar && scalar.json() instanceof Json.Str) {
      method(scalar, new Mapping(scalar.place(), List.of())).ifPresent(into::add);
    } else if (!node.isNull()) {
      problems.add(
          node.place(),
          what
              + " must be a name such as max, settings with a method, or null, not "
              + node.kind());
    }
  }

  private void algorithm(Mapping given, List<Algorithm> into) {
    Optional<YamlNode> method = given.value(Algorithms.METHOD);
    if (method.isPresent() && method.get() instanceof Scalar name) {
      method(name, given).ifPresent(into::add);
    } else {
      problems.add(
          given.place(), "an algorithm with settings needs its method, as in {method: gptq}");
    }
  }

  private Optional<Algorithm> method(Scalar name, Mapping given) {
    SettingTable table = Algorithms.TABLES.get(name.text());
    if (table == null) {
      String advice =
          name.text().equals("awq")
              ? " Write awq_lite, awq_clip or awq_full."
              : Nearest.hint(name.text(), Algorithms.TABLES.keySet());
      problems.add(
          name.place(),
          "there is no algorithm "
              + name.kind()
              + "."
              + advice
              + " There are: "
              + String.join(", ", Algorithms.TABLES.keySet().stream().sorted().toList()));
      return Optional.empty();
    }
    Settings settings = new Settings(table, given, given.place(), problems);
    List<Algorithm> nested = new ArrayList<>();
    for (String setting : Algorithms.NESTED) {
      if (table.setting(setting).isPresent()) {
        settings.node(setting).ifPresent(inner -> algorithms(inner, nested, setting));
      }
    }
    Algorithm algorithm = new Algorithm(name.text(), settings, nested);
    AlgorithmMethods.check(algorithm);
    return Optional.of(algorithm);
  }

  /** The algorithms with their settings, by name. */
  public static Map<String, SettingTable> algorithmTables() {
    return new LinkedHashMap<>(Algorithms.TABLES);
  }

  /** What a rule's cfg may hold. */
  public static SettingTable attributeTable() {
    return QuantizerAttributesReader.TABLE;
  }

  /** What a rule may hold. */
  public static SettingTable ruleTable() {
    return QuantizerRuleReader.TABLE;
  }

  /** The names of the algorithms. */
  public static List<String> algorithmNames() {
    return Algorithms.TABLES.keySet().stream().sorted().toList();
  }
}
