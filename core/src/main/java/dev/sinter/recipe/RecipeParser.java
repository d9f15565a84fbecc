/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.modifier.Settings;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads llm-compressor's grammar in its simple forms:
 *
 * <pre>
 * recipe    = { key: value }
 * key       = "modifiers"        modifiers
 *           | NAME "_stage"      { (NAME "_modifiers" | "modifiers"): modifiers, "run_type": "oneshot" }
 *           | NAME "_modifiers"  modifiers
 *           | "version" | "metadata"
 * modifiers = { MODIFIER: settings } | [ { MODIFIER: settings } ]
 * </pre>
 *
 * Whatever else stands there is an error; the peer reads a recipe whose keys it does not know as an
 * empty one.
 */
public final class RecipeParser {
  private static final String MODIFIERS = "modifiers";

  /** What to write, for messages. */
  static final String EXAMPLE =
      "write for example modifiers: {QuantizationModifier: {scheme: W4A16}}";

  private static final List<String> TOP_LEVEL =
      List.of(MODIFIERS, "quant_stage", "default_stage", "quant_modifiers", "version", "metadata");
  private static final String TOP_LEVEL_KEYS =
      "modifiers, names that end in _modifiers or _stage, version, metadata";
  private static final List<String> IN_STAGE =
      List.of(MODIFIERS, "quant_modifiers", "default_modifiers", "run_type");
  private static final String STAGE_KEYS = "modifiers, names that end in _modifiers, run_type";

  private final ModifierRegistry registry;
  private final YamlReader yaml;
  private final Problems problems = new Problems();
  private final List<Modifier> modifiers = new ArrayList<>();

  private RecipeParser(ModifierRegistry registry, String file) {
    this.registry = registry;
    this.yaml = new YamlReader(file, problems);
  }

  /** Reads a recipe; throws every problem of the file at once. */
  public static Recipe parse(String file, String text, ModifierRegistry registry) {
    RecipeParser parser = new RecipeParser(registry, file);
    parser.yaml.compose(text).ifPresent(parser::root);
    if (parser.problems.isEmpty() && parser.modifiers.isEmpty()) {
      parser.problems.add(file + ": the recipe names no modifier; " + EXAMPLE);
    }
    parser.problems.throwIfAny();
    return new Recipe(parser.modifiers);
  }

  private void root(Node root) {
    for (YamlReader.Member member : yaml.members(root, "a recipe", "of modifiers")) {
      String name = member.name();
      if (name.equals(MODIFIERS) || name.endsWith("_modifiers")) {
        group(member.value(), name);
      } else if (name.endsWith("_stage")) {
        stage(member);
      } else if (!name.equals("version") && !name.equals("metadata")) {
        unknown(member, "a recipe", TOP_LEVEL, TOP_LEVEL_KEYS);
      }
    }
  }

  private void stage(YamlReader.Member stage) {
    for (YamlReader.Member member : yaml.members(stage.value(), stage.name(), "of modifiers")) {
      String name = member.name();
      if (name.equals(MODIFIERS) || name.endsWith("_modifiers")) {
        group(member.value(), name);
      } else if (name.equals("run_type")) {
        if (!yaml.data(member.value()).equals(new Json.Str("oneshot"))) {
          problems.add(
              yaml.place(member.value())
                  + ": run_type "
                  + YamlReader.kind(member.value())
                  + " is not run by this version; write run_type: oneshot");
        }
      } else {
        unknown(member, "the stage " + stage.name(), IN_STAGE, STAGE_KEYS);
      }
    }
  }

  private void group(Node group, String name) {
    if (group instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        yaml.members(item, "an entry of " + name, "from a modifier to its settings")
            .forEach(this::modifier);
      }
    } else {
      yaml.members(group, name, "from modifiers to their settings").forEach(this::modifier);
    }
  }

  private void modifier(YamlReader.Member member) {
    Map<String, Json> values = new LinkedHashMap<>();
    Map<String, String> places = new HashMap<>();
    if (!YamlReader.isNull(member.value())) {
      for (YamlReader.Member setting : yaml.members(member.value(), member.name(), "of settings")) {
        values.put(setting.name(), yaml.data(setting.value()));
        places.put(setting.name(), yaml.place(setting.key()));
      }
      if (!(member.value() instanceof MappingNode)) {
        return;
      }
    }
    String place = yaml.place(member.key());
    Settings settings =
        new Settings(member.name(), values, name -> places.getOrDefault(name, place), problems);
    registry.create(settings, member.name(), place, problems).ifPresent(modifiers::add);
  }

  private void unknown(YamlReader.Member member, String where, List<String> known, String keys) {
    problems.add(
        yaml.place(member.key())
            + ": "
            + where
            + " has no key \""
            + member.name()
            + "\"."
            + Nearest.hint(member.name(), known)
            + " It may have: "
            + keys
            + YamlReader.snippet(member.key()));
  }
}
