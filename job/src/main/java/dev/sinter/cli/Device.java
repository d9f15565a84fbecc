/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Problems;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;

/** What is asked to compute. */
enum Device {
  AUTO,
  CPU,
  CUDA;

  private static final List<String> GPU_SETTINGS =
      List.of("spark.task.resource.gpu.amount", "spark.executor.resource.gpu.amount");

  /** A device that is asked for by its name is never replaced by another. */
  void check(Problems problems) {
    if (this == CUDA) {
      problems.add(
          "--device cuda: this build of Sinter computes on the CPU alone, and does not fall back to"
              + " it unasked. Give --device cpu or leave the flag out");
    }
  }

  /** What to say where Spark hands out GPUs that nothing will use. */
  static Optional<String> idleGpus(SparkConf conf) {
    return GPU_SETTINGS.stream()
        .filter(key -> conf.getDouble(key, 0) > 0)
        .findFirst()
        .map(
            key ->
                "Spark hands out GPUs ("
                    + key
                    + "="
                    + conf.get(key)
                    + "), and this build computes on the CPU: they stand idle, and may allow fewer"
                    + " tasks at a time than there are cores. Leave that setting out");
  }
}
