/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags about the run. */
final class RunFlags {
  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "The Spark master, if spark-submit does not say: local[*], local-cluster[2,1,2048], spark://...")
  Optional<String> master = Optional.empty();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Sequences in a micro-batch (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  int batchSize;

  @Option(
      names = "--slices",
      paramLabel = "N",
      description =
          "Into how many slices the calibration set is cut; a slice is a task (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  int slices;

  @Option(
      names = "--task-threads",
      paramLabel = "N",
      description = "Threads of one task's arithmetic (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  int threads;

  @Option(
      names = "--save-activations-every",
      paramLabel = "N",
      description =
          "After how many layers activations are saved, from where a run that was killed goes on (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  int checkpointInterval;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description = "Where work in progress is kept; a folder inside the output if not given.")
  Optional<String> workspace = Optional.empty();

  @Option(
      names = "--save-compressed",
      arity = "1",
      paramLabel = "true|false",
      description =
          "With false, weights are written as what their codes stand for, and scales beside them (default: true).",
      defaultValue = "true")
  boolean saveCompressed;

  @Option(names = "--clean", description = "Throw unfinished work of an earlier run away.")
  boolean clean;
}
