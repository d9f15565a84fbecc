/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.Problems;
import dev.sinter.quantizer.AutoQuantize;
import dev.sinter.quantizer.QuantizeReader;
import dev.sinter.recipe.Stage.RunType;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Understands a recipe whose imports, overrides and arguments are resolved:
 *
 * <pre>
 * recipe    = { key: value }
 * key       = "modifiers" | NAME "_modifiers"   modifiers
 *           | NAME "_stage"                     stage
 *           | "stages"                          { NAME: stage } | [ stage ]
 *           | "quantize"                        ModelOpt's section
 *           | "auto_quantize"                 ModelOpt's section
 *           | "metadata" | "version" | "dataset" | "history"
 * stage     = { modifiers, NAME "_modifiers", "quantize", "run_type", "args", "enabled" }
 * modifiers = { MODIFIER: settings } | [ { MODIFIER: settings } ]
 * </pre>
 *
 * Whatever else stands there is an error; the peer reads a recipe whose keys it does not know as an
 * empty one.
 */
final class RecipeReader {
  /** What to write, for messages. */
  static final String EXAMPLE =
      "write for example modifiers: {QuantizationModifier: {scheme: W4A16}}";

  private static final String METADATA = "metadata";
  static final String STAGES = "stages";
  private static final String DATASET = "dataset";

  /** The earlier recipes of a checkpoint that was compressed again. */
  static final String HISTORY = "history";

  static final List<String> KEYS =
      List.of(
          "modifiers",
          "NAME_modifiers",
          "NAME_stage",
          STAGES,
          StageReader.QUANTIZE,
          StageReader.AUTO_QUANTIZE,
          "imports",
          Evaluation.ARGS,
          METADATA,
          "version",
          DATASET,
          HISTORY);

  /** What people write at the top that belongs further down. */
  private static final Map<String, String> ELSEWHERE = elsewhere();

  private final Problems problems;
  private final StageReader reader;
  private final AutoQuantize.Reader autoQuantize;
  private final Dialect dialect;
  private final List<String> notes = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();
  private Json.Obj metadata = new Json.Obj(Map.of());
  private Json.Obj dataset = new Json.Obj(Map.of());

  RecipeReader(ModifierRegistry registry, Dialect dialect, Problems problems) {
    this.dialect = dialect;
    this.problems = problems;
    Consumer<String> note = notes::add;
    QuantizeReader quantize = new QuantizeReader(problems, note);
    this.reader = new StageReader(registry, quantize, problems, note);
    this.autoQuantize = new AutoQuantize.Reader(quantize, problems);
  }

  private static Map<String, String> elsewhere() {
    Map<String, String> elsewhere = new LinkedHashMap<>();
    for (String name : QuantizeReader.TABLE.names()) {
      elsewhere.put(name, " Put it under quantize: {" + name + ": ...}");
    }
    for (String name : List.of("scheme", "targets", "ignore", "config_groups", "sparsity")) {
      elsewhere.put(
          name,
          " It belongs to a modifier: "
              + (name.equals("sparsity")
                  ? "modifiers: {SparseGPTModifier: {sparsity: ...}}; or, for eval(...), to args"
                  : "modifiers: {QuantizationModifier: {" + name + ": ...}}"));
    }
    for (String name : List.of("model", "output", "output_dir")) {
      elsewhere.put(name, " A recipe does not name its model; the command does");
    }
    return elsewhere;
  }

  /** The recipe; without meaning if there are problems. */
  Recipe read(String file, YamlNode root) {
    if (root instanceof Mapping recipe) {
      RecipeMetadata.Kind kind = new RecipeMetadata(dialect, problems).check(recipe);
      if (kind != RecipeMetadata.Kind.REFUSED) {
        recipe.members().forEach(this::member);
      }
    } else {
      problems.add(
          root.place(),
          "a recipe must be a map with modifiers, not " + root.kind() + "; " + EXAMPLE);
    }
    if (problems.isEmpty() && stages.isEmpty() && notes.isEmpty()) {
      problems.add(file + ": the recipe names no modifier; " + EXAMPLE);
    }
    requireRounding(file);
    return new Recipe(stages, metadata, dataset, notes);
  }

  /** AWQ scales weights for a method that rounds them. */
  private void requireRounding(String file) {
    List<Modifier> all = stages.stream().flatMap(stage -> stage.modifiers().stream()).toList();
    for (int i = 0; i < all.size(); i++) {
      boolean rounded =
          all.subList(i, all.size()).stream()
              .anyMatch(m -> m.solver().isPresent() || m.name().equals("AutoRoundModifier"));
      if (all.get(i).name().equals("AWQModifier") && !rounded) {
        problems.add(
            file
                + ": AWQModifier scales weights for a method that rounds them, and none follows."
                + " Add QuantizationModifier: {targets: [Linear], scheme: W4A16_ASYM} behind it");
      }
    }
  }

  private void member(Member member) {
    String name = member.name();
    if (StageReader.isGroup(name)) {
      reader.group(member).ifPresent(stages::add);
    } else if (name.equals(StageReader.QUANTIZE)) {
      reader.quantize(name, member.value()).ifPresent(stages::add);
    } else if (name.equals(StageReader.AUTO_QUANTIZE)) {
      autoQuantize
          .read(member.value())
          .ifPresent(
              found ->
                  stages.add(new Stage(name, RunType.ONESHOT, List.of(found), Optional.empty())));
    } else if (name.endsWith(StageReader.STAGE)) {
      stages.addAll(reader.stage(StageReader.name(name), member.value()));
    } else if (name.equals(STAGES)) {
      stages(member.value());
    } else if (name.equals(METADATA) && member.value() instanceof Mapping said) {
      metadata = said.json();
    } else if (name.equals(DATASET)) {
      dataset = dataset(member);
    } else if (!KEYS.contains(name)) {
      unknown(member);
    }
  }

  private void stages(YamlNode node) {
    if (node instanceof Mapping named) {
      named
          .members()
          .forEach(m -> stages.addAll(reader.stage(StageReader.name(m.name()), m.value())));
    } else if (node instanceof Sequence list) {
      int number = 0;
      for (YamlNode item : list.items()) {
        String name = "stage" + number++;
        if (item instanceof Mapping stage
            && stage.value("name").isPresent()
            && stage.value("name").get().json() instanceof Json.Str given) {
          name = StageReader.name(given.value());
        }
        stages.addAll(reader.stage(name, item));
      }
    } else {
      problems.add(
          node.place(), "stages must be stages by name, or a list of them, not " + node.kind());
    }
  }

  private Json.Obj dataset(Member member) {
    if (member.value() instanceof Mapping given) {
      return new Settings(DatasetSettings.TABLE, given, member.place(), problems).given();
    }
    problems.add(
        member.value().place(),
        "dataset must be a map, such as {dataset: calib.jsonl, num_calibration_samples: 512}, not "
            + member.value().kind());
    return dataset;
  }

  private void unknown(Member member) {
    String hint = ELSEWHERE.getOrDefault(member.name(), reader.hint(member.name(), KEYS));
    boolean value = member.value() instanceof Scalar;
    problems.add(
        member.place(),
        "a recipe has no key \""
            + member.name()
            + "\"."
            + (hint.isEmpty()
                ? (value ? " A value for eval(...) stands under args." : "")
                    + " It may have: "
                    + String.join(", ", KEYS)
                : hint));
  }
}
