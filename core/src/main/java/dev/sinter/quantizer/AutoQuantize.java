/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import dev.sinter.problem.Problems;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.List;
import java.util.Optional;

/** A search for the format of each module within a budget of bits: read, and not run yet. */
public record AutoQuantize(Json.Obj settings) implements Modifier {
  private static final String CANDIDATES = "candidate_formats";
  private static final String SPACES = "module_search_spaces";
  private static final String KV_CACHE = "kv_cache";

  private static final SettingTable CONSTRAINTS =
      new SettingTable(
          "constraints",
          Setting.of("effective_bits", new Form.Real(0, 16), "The budget").otherwise(4.8),
          Setting.of("cost_model", Form.word("weight", "active_moe"), "What counts")
              .otherwise("weight"),
          Setting.of(
              "cost",
              new Form.Table(
                  new SettingTable(
                      "cost",
                      Setting.of(
                          "active_moe_expert_ratio",
                          Form.Real.FRACTION,
                          "Which part of the experts a token uses"))),
              "Settings of the cost model"));

  private static final SettingTable SPACE =
      new SettingTable(
          "a search space",
          Setting.of("module_name_patterns", Form.texts(), "Which modules").required(),
          Setting.of(CANDIDATES, new Form.Other("a list of formats"), "Their formats").required(),
          Setting.of("allow_no_quant", new Form.Flag(), "Whether they may stay as they are")
              .otherwise(true));

  public static final SettingTable TABLE =
      new SettingTable(
          "auto_quantize",
          Setting.of("constraints", new Form.Table(CONSTRAINTS), "The budget"),
          Setting.of(CANDIDATES, new Form.Other("a list of formats"), "Formats to choose from"),
          Setting.of(SPACES, new Form.Other("a list"), "Formats by module"),
          Setting.of("auto_quantize_method", Form.word("gradient", "kl_div"), "How a loss is told")
              .otherwise("gradient"),
          Setting.of("score_size", Form.Whole.POSITIVE, "Samples that are looked at")
              .otherwise(128),
          Setting.of("disabled_layers", Form.texts(), "Layers that stay as they are"),
          Setting.of("cost_excluded_layers", Form.texts(), "Layers that do not count"),
          Setting.of(KV_CACHE, new Form.Other("a section quantize"), "The format of caches"));

  @Override
  public String name() {
    return "AutoQuantize";
  }

  @Override
  public Targets targets() {
    return modules -> Resolution.NONE;
  }

  @Override
  public Optional<Solver> solver() {
    return Optional.empty();
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public List<String> missing() {
    return List.of("the search for formats that auto_quantize asks for");
  }

  /** What a search space may hold. */
  public static SettingTable spaceTable() {
    return SPACE;
  }

  /** Reads a section {@code auto_quantize}. */
  public static final class Reader {
    private final QuantizeReader quantize;
    private final Problems problems;

    public Reader(QuantizeReader quantize, Problems problems) {
      this.quantize = quantize;
      this.problems = problems;
    }

    /** The search; empty when there are problems, which are added to. */
    public Optional<AutoQuantize> read(YamlNode node) {
      if (!(node instanceof Mapping given)) {
        problems.add(
            node.place(),
            "auto_quantize must be a map with constraints and candidate_formats, not "
                + node.kind());
        return Optional.empty();
      }
      int before = problems.found().size();
      Settings settings = new Settings(TABLE, given, given.place(), problems);
      settings.node(CANDIDATES).ifPresent(this::formats);
      settings.node(SPACES).ifPresent(this::spaces);
      settings.node(KV_CACHE).ifPresent(quantize::read);
      if (!settings.hasValue(CANDIDATES) && !settings.hasValue(SPACES)) {
        settings.problem(
            given.place(),
            "there is nothing to choose from: give candidate_formats or module_search_spaces");
      }
      return problems.found().size() > before
          ? Optional.empty()
          : Optional.of(new AutoQuantize(given.json()));
    }

    private void formats(YamlNode node) {
      if (!(node instanceof Sequence list) || list.items().isEmpty()) {
        problems.add(
            node.place(),
            "candidate_formats must be a list of maps with quant_cfg, not "
                + (node instanceof Sequence ? "an empty one" : node.kind()));
        return;
      }
      for (YamlNode item : list.items()) {
        if (item instanceof Mapping) {
          quantize.read(item);
        } else {
          problems.add(
              item.place(),
              "a candidate format must be a map with quant_cfg, imported or written out, not "
                  + item.kind());
        }
      }
    }

    private void spaces(YamlNode node) {
      if (!(node instanceof Sequence list)) {
        problems.add(node.place(), "module_search_spaces must be a list, not " + node.kind());
        return;
      }
      for (YamlNode item : list.items()) {
        if (item instanceof Mapping space) {
          Settings settings = new Settings(SPACE, space, space.place(), problems);
          settings.node(CANDIDATES).ifPresent(this::formats);
        } else {
          problems.add(item.place(), "a search space must be a map, not " + item.kind());
        }
      }
    }
  }
}
