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
      names = "--task-threads",
      paramLabel = "N",
      description = "Threads of one task's arithmetic (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  int threads;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description = "Where work in progress is kept; a folder inside the output if not given.")
  Optional<String> workspace = Optional.empty();

  @Option(names = "--clean", description = "Throw unfinished work of an earlier run away.")
  boolean clean;
}
