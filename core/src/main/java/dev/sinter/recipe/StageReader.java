/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.quantizer.QuantizeReader;
import dev.sinter.quantizer.QuantizeSection;
import dev.sinter.recipe.Stage.RunType;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads a stage: groups of modifiers as llm-compressor has them, or a section {@code quantize} as
 * ModelOpt has it.
 */
final class StageReader {
  static final String MODIFIERS = "modifiers";
  static final String QUANTIZE = "quantize";
  static final String AUTO_QUANTIZE = "auto_quantize";

  static final String GROUP = "_modifiers";
  static final String STAGE = "_stage";
  private static final String RUN_TYPE = "run_type";
  private static final String ENABLED = "enabled";
  private static final List<String> KEYS =
      List.of(MODIFIERS, "NAME_modifiers", QUANTIZE, RUN_TYPE, Evaluation.ARGS, ENABLED);

  /** Keys of older documents that change nothing. */
  static final List<String> WITHOUT_EFFECT = List.of("group", "exclude_default", "name");

  private final ModifierRegistry registry;
  private final QuantizeReader quantize;
  private final Problems problems;
  private final Consumer<String> notes;

  StageReader(
      ModifierRegistry registry,
      QuantizeReader quantize,
      Problems problems,
      Consumer<String> notes) {
    this.registry = registry;
    this.quantize = quantize;
    this.problems = problems;
    this.notes = notes;
  }

  /** Whether a key at the top of a recipe stands for a stage. */
  static boolean isStage(String key) {
    return key.endsWith(STAGE) || key.equals(QUANTIZE) || key.equals(AUTO_QUANTIZE) || isGroup(key);
  }

  /** The key of the stage that modifiers at the top are. */
  static String stageOf(String group) {
    return (group.equals(MODIFIERS)
            ? Stage.DEFAULT
            : group.substring(0, group.length() - GROUP.length()))
        + STAGE;
  }

  /** Whether a key stands for modifiers. */
  static boolean isGroup(String key) {
    return key.equals(MODIFIERS) || key.endsWith(GROUP);
  }

  /** A stage's name: its key without what makes it one. */
  static String name(String key) {
    return key.endsWith(STAGE) ? key.substring(0, key.length() - STAGE.length()) : key;
  }

  /** Modifiers at the top of a recipe: a stage without a name. */
  Optional<Stage> group(Member member) {
    List<Modifier> modifiers = new ArrayList<>();
    modifiers(member, modifiers);
    String name = name(stageOf(member.name()));
    return modifiers.isEmpty() ? Optional.empty() : Optional.of(Stage.of(name, modifiers));
  }

  /** A section of ModelOpt's as a stage. */
  Optional<Stage> quantize(String name, YamlNode section) {
    Optional<QuantizeSection> read = quantize.read(section);
    return read.map(
        found -> new Stage(name, RunType.ONESHOT, found.modifiers(), Optional.of(found.json())));
  }

  /** The stages that an entry comes to: one for its modifiers, one for its section. */
  List<Stage> stage(String name, YamlNode node) {
    if (!(node instanceof Mapping stage)) {
      problems.add(
          node.place(), "the stage " + name + " must be a map with modifiers, not " + node.kind());
      return List.of();
    }
    RunType runType = RunType.ONESHOT;
    boolean enabled = true;
    List<Stage> stages = new ArrayList<>();
    for (Member member : stage.members()) {
      if (isGroup(member.name())) {
        List<Modifier> modifiers = new ArrayList<>();
        modifiers(member, modifiers);
        follow(stages, name, modifiers);
      } else if (member.name().equals(QUANTIZE)) {
        quantize(name, member.value()).ifPresent(stages::add);
      } else if (member.name().equals(RUN_TYPE)) {
        runType = runType(member);
      } else if (member.name().equals(ENABLED)) {
        enabled = enabled(name, member);
      } else if (!WITHOUT_EFFECT.contains(member.name())) {
        unknown(name, member);
      }
    }
    RunType type = runType;
    stages.replaceAll(found -> new Stage(name, type, found.modifiers(), found.quantize()));
    return enabled ? stages : List.of();
  }

  /** Groups that follow each other are one stage. */
  private static void follow(List<Stage> stages, String name, List<Modifier> modifiers) {
    if (modifiers.isEmpty()) {
      return;
    }
    List<Modifier> all = new ArrayList<>();
    int last = stages.size() - 1;
    if (last >= 0 && stages.get(last).quantize().isEmpty()) {
      all.addAll(stages.remove(last).modifiers());
    }
    all.addAll(modifiers);
    stages.add(Stage.of(name, all));
  }

  private RunType runType(Member member) {
    if (member.value().json() instanceof Json.Str text) {
      if (text.value().equals("oneshot")) {
        return RunType.ONESHOT;
      }
      if (text.value().equals("train")) {
        return RunType.TRAIN;
      }
    }
    problems.add(
        member.value().place(), "run_type must be oneshot or train, not " + member.value().kind());
    return RunType.ONESHOT;
  }

  private boolean enabled(String name, Member member) {
    if (!(member.value().json() instanceof Json.Bool flag)) {
      problems.add(
          member.value().place(), "enabled must be true or false, not " + member.value().kind());
      return true;
    }
    if (!flag.value()) {
      notes.accept(member.place().at() + ": the stage " + name + " is turned off");
    }
    return flag.value();
  }

  private void unknown(String stage, Member member) {
    String hint = hint(member.name(), KEYS);
    problems.add(
        member.place(),
        "the stage "
            + stage
            + " has no key \""
            + member.name()
            + "\"."
            + (hint.isEmpty() ? " It may have: " + String.join(", ", KEYS) : hint));
  }

  /** What may have been meant by a key of a stage or a recipe; nothing if there is no telling. */
  String hint(String key, List<String> keys) {
    if (registry.knows(key)) {
      return " Put it under modifiers: {" + key + ": ...}";
    }
    Optional<String> nearest =
        Nearest.to(key, keys.stream().filter(name -> !name.startsWith("NAME")).toList());
    int last = key.lastIndexOf('_');
    if (nearest.isPresent() || last <= 0) {
      return nearest.map(name -> " Did you mean " + name + "?").orElse("");
    }
    List<String> suffixes =
        keys.stream().filter(name -> name.startsWith("NAME")).map(n -> n.substring(4)).toList();
    return Nearest.to(key.substring(last), suffixes)
        .map(suffix -> " Did you mean " + key.substring(0, last) + suffix + "?")
        .orElse("");
  }

  /** The modifiers of a group: a map from names to settings, or a list of such. */
  private void modifiers(Member group, List<Modifier> into) {
    if (group.value() instanceof Sequence list) {
      for (YamlNode item : list.items()) {
        if (item instanceof Mapping named) {
          named.members().forEach(member -> modifier(member, into));
        } else {
          problems.add(
              item.place(),
              "an entry of "
                  + group.name()
                  + " must be a modifier with its settings, such as {GPTQModifier: {scheme:"
                  + " W4A16}}, not "
                  + item.kind());
        }
      }
    } else if (group.value() instanceof Mapping named) {
      named.members().forEach(member -> modifier(member, into));
    } else {
      problems.add(
          group.value().place(),
          group.name()
              + " must hold modifiers with their settings, such as {GPTQModifier: {scheme: W4A16}},"
              + " not "
              + group.value().kind());
    }
  }

  private void modifier(Member member, List<Modifier> into) {
    if (member.value() instanceof Mapping settings) {
      registry
          .create(member.name(), member.place(), settings, problems, notes)
          .ifPresent(into::add);
    } else if (member.value().isNull()) {
      Mapping none = new Mapping(member.place(), List.of());
      registry.create(member.name(), member.place(), none, problems, notes).ifPresent(into::add);
    } else {
      problems.add(
          member.value().place(),
          member.name() + " must be a map of settings by name, not " + member.value().kind());
    }
  }
}
