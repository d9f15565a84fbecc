/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.graph.SequentialTargets;
import dev.sinter.problem.Problems;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags that say where a model is cut to be calibrated piece by piece. */
final class SequentialFlags {
  private static final String PER_SUBGRAPH = "--sequential-targets-per-subgraph";

  @Option(
      names = "--sequential-targets",
      split = RecipeFlags.COMMAS,
      splitSynopsisLabel = ",",
      paramLabel = "TARGET",
      description =
          "Class names, module names, or re:REGEX. Each module that they mean is calibrated on what those before it put out once they are compressed (default: the model's layers).")
  private List<String> targets = List.of();

  @Option(
      names = PER_SUBGRAPH,
      paramLabel = "N",
      description = "How many of them are calibrated at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int perSubgraph;

  /** Adds a number that can be none. */
  void check(Problems problems) {
    if (perSubgraph < 1) {
      problems.add(PER_SUBGRAPH + " must be at least 1, not " + perSubgraph);
    }
  }

  SequentialTargets targets() {
    return new SequentialTargets(targets, perSubgraph);
  }
}
