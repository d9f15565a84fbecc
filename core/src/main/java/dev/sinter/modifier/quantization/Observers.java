/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.Settings;
import dev.sinter.quantization.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The settings that name an observer for all groups: {@code weight_observer} and its like. */
final class Observers {
  private static final String WEIGHT = "weight_observer";
  private static final String INPUT = "input_observer";
  private static final String OUTPUT = "output_observer";
  private static final String ALL = "observer";
  private static final String WEIGHTS = "weights";

  private Observers() {}

  /** The groups with the weight observer that is named; empty when there is a problem. */
  static Optional<List<SchemeGroup>> apply(Settings settings, List<SchemeGroup> groups) {
    for (String setting : List.of(INPUT, OUTPUT)) {
      if (settings.hasValue(setting)) {
        settings.problem(
            setting,
            setting + " is for ranges that calibration finds, which this version does not");
      }
      settings.ignored(setting);
    }
    Optional<String> name = settings.text(WEIGHT);
    Optional<Json> all = settings.json(ALL);
    if (name.isPresent() && all.isPresent()) {
      settings.problem(ALL, "observer and weight_observer both name one; give one of them");
      return Optional.empty();
    }
    Optional<String> named = name.or(() -> all.flatMap(value -> ofWeights(settings, value)));
    if (named.isEmpty()) {
      return Optional.of(groups);
    }
    List<SchemeGroup> observed = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Observer observer = Observer.ofWeights(named.get(), problems::add);
    groups.forEach(
        group ->
            observed.add(
                group.withScheme(
                    group.scheme().withWeights(group.scheme().weights().withObserver(observer)))));
    problems.forEach(problem -> settings.problem(name.isPresent() ? WEIGHT : ALL, problem));
    return problems.isEmpty() ? Optional.of(observed) : Optional.empty();
  }

  /** A name for weights alone, or names by what is observed. */
  private static Optional<String> ofWeights(Settings settings, Json value) {
    if (value instanceof Json.Str text) {
      return Optional.of(text.value());
    }
    if (value instanceof Json.Obj byPart
        && byPart.members().keySet().equals(Set.of(WEIGHTS))
        && byPart.members().get(WEIGHTS) instanceof Json.Str text) {
      return Optional.of(text.value());
    }
    settings.problem(
        ALL, "observer must be {weights: NAME} in this version, not " + JsonWriter.compact(value));
    return Optional.empty();
  }
}
