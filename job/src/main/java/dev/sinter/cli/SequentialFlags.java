/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.graph.SequentialTargets;
import dev.sinter.json.Json;
import dev.sinter.setting.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that say where a model is cut to be calibrated piece by piece. */
final class SequentialFlags {
  private static final String TARGETS = "sequential_targets";
  private static final String PER_SUBGRAPH = "sequential_targets_per_subgraph";

  @Option(
      names = "--sequential-targets",
      split = RecipeFlags.COMMAS,
      splitSynopsisLabel = ",",
      paramLabel = "TARGET",
      description =
          "Class names, module names, or re:REGEX. Each module that they mean is calibrated on what those before it put out once they are compressed (default: the model's layers).")
  private List<String> targets = List.of();

  @Option(
      names = "--sequential-targets-per-subgraph",
      paramLabel = "N",
      description = "How many of them are calibrated at once (default: 1).")
  private Optional<Integer> perSubgraph = Optional.empty();

  /** What is given, by the names of a recipe's section. */
  Map<String, Object> given() {
    Map<String, Object> given = new LinkedHashMap<>();
    if (!targets.isEmpty()) {
      given.put(TARGETS, targets);
    }
    perSubgraph.ifPresent(value -> given.put(PER_SUBGRAPH, value));
    return given;
  }

  /** What settings mean, by the names of a recipe's section. */
  static SequentialTargets targets(Json.Obj settings) {
    return new SequentialTargets(
        settings.member(TARGETS).map(Settings::texts).orElse(List.of()),
        settings.member(PER_SUBGRAPH).map(value -> (int) ((Json.Num) value).asLong()).orElse(1));
  }
}
