/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.tensor.Torch;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Gets executors ready before the first stage: those that were asked for have come, and have loaded
 * the native libraries, so that one where they do not load is known before any work.
 */
final class Executors {
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*([0-9]{1,6})\\s*,.*");
  private static final long POLL_MILLIS = 50;

  private Executors() {}

  /** The kinds of machine that the executors run on; they are one in a cluster of like machines. */
  static List<String> ready(JavaSparkContext spark, Duration wait, PrintStream err) {
    if (spark.isLocal()) {
      return List.of();
    }
    expected(spark).ifPresent(count -> await(spark, count, wait, err));
    // Two tasks for each core, so that no executor is left out while another loads.
    int tasks = 2 * Math.max(1, spark.defaultParallelism());
    return spark
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .map(task -> Torch.description())
        .distinct()
        .collect();
  }

  /** How many executors were asked for; unknown where they come and go by demand. */
  private static Optional<Integer> expected(JavaSparkContext spark) {
    Matcher cluster = LOCAL_CLUSTER.matcher(spark.master());
    if (cluster.matches()) {
      return Optional.of(Integer.parseInt(cluster.group(1)));
    }
    int instances = spark.getConf().getInt("spark.executor.instances", 0);
    boolean dynamic = spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false);
    return instances > 0 && !dynamic ? Optional.of(instances) : Optional.empty();
  }

  /** Fewer may do the work as well, only later: that is said, and the run goes on. */
  private static void await(JavaSparkContext spark, int count, Duration wait, PrintStream err) {
    long start = System.nanoTime();
    try {
      // The driver is one of those that Spark counts. The tracker for Java learned to do so in 4.1.
      while (spark.sc().statusTracker().getExecutorInfos().length <= count
          && System.nanoTime() - start < wait.toNanos()) {
        Thread.sleep(POLL_MILLIS);
      }
      int came = spark.sc().statusTracker().getExecutorInfos().length - 1;
      if (came < count) {
        err.println("sinter: note: " + came + " of " + count + " executors have come so far");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for executors", e);
    }
  }
}
