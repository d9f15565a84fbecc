/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import dev.sinter.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;

/** What a value of a {@link JobFile} comes to as arguments of its flag. */
record JobFileValue(OptionSpec option, Problems problems) {
  /** Flags whose values are pairs, which may be a map. */
  private static final Set<String> PAIRS = Set.of("--set", "--recipe-args");

  private static final String RECIPE = "--recipe";
  private static final String SPLITS = "--splits";

  /** Whether YAML itself is taken: a recipe, a map of splits, what another tool knows. */
  private boolean takesTrees() {
    return name().equals(RECIPE) || name().equals(SPLITS) || option.hidden();
  }

  private String name() {
    return option.longestName();
  }

  /** The arguments; none for nothing, and for false where a flag has no value. */
  List<String> arguments(YamlNode value) {
    if (value.isNull()) {
      return List.of();
    }
    if (option.arity().max() == 0) {
      return switchOf(value);
    }
    if (value instanceof Sequence list && option.hidden()) {
      return List.of(name() + "=" + JsonWriter.compact(list.json()));
    }
    if (value instanceof Sequence list) {
      return list(list);
    }
    if (value instanceof Mapping map && PAIRS.contains(name())) {
      return map.members().stream().map(this::pair).toList();
    }
    return one(value);
  }

  private List<String> switchOf(YamlNode value) {
    if (value.json() instanceof Json.Bool on) {
      return on.value() ? List.of(name()) : List.of();
    }
    problems.add(value.place(), name() + " must be true or false, not " + value.kind());
    return List.of();
  }

  private List<String> list(Sequence list) {
    if (!option.isMultiValue()) {
      problems.add(list.place(), name() + " takes one value, not a list");
      return List.of();
    }
    List<String> arguments = new ArrayList<>();
    list.items().forEach(item -> arguments.addAll(one(item)));
    return arguments;
  }

  private List<String> one(YamlNode value) {
    if (value instanceof Scalar scalar && !scalar.isNull()) {
      return List.of(name() + "=" + text(scalar));
    }
    if (value instanceof Mapping map && takesTrees()) {
      return List.of(name() + "=" + JsonWriter.compact(map.json()));
    }
    problems.add(value.place(), name() + " must be a text or a number, not " + value.kind());
    return List.of();
  }

  /** As it is spelled; yes and on mean true. */
  private static String text(Scalar scalar) {
    return scalar.json() instanceof Json.Bool on ? String.valueOf(on.value()) : scalar.text();
  }

  /** A pair whose value is read as YAML again, and must mean the same then. */
  private String pair(Member member) {
    String written =
        member.value() instanceof Scalar scalar
                && scalar.json() instanceof Json.Str text
                && !text.value().contains("\n")
            ? YamlWriter.write(text).strip()
            : JsonWriter.compact(member.value().json());
    return name() + "=" + member.name() + "=" + written;
  }
}
