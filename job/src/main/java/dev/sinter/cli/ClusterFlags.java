/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Problems;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags about where tasks run. */
class ClusterFlags {
  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "The Spark master, if spark-submit does not say: local[*], local-cluster[2,1,2048], spark://...")
  Optional<String> master = Optional.empty();

  @Option(
      names = "--task-threads",
      paramLabel = "N",
      description = "Threads of one task's arithmetic (default: ${DEFAULT-VALUE}).")
  int threads = 1;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "What computes: auto, cpu or cuda. This build computes on the CPU, which auto takes; it refuses cuda (default: auto).")
  private Device device = Device.AUTO;

  void check(Problems problems) {
    WholeNumbers.requirePositive("--task-threads", threads, problems);
    device.check(problems);
  }
}
