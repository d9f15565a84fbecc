/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.testing.Runs;
import dev.sinter.testing.spark.Contexts;
import dev.sinter.testing.spark.SparkRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An executor that is killed in the middle of a layer changes nothing but the time. */
@Tag("slow")
class ExecutorLossTest {
  @TempDir private Path temp;

  /**
   * A layer is 16 tasks of sweep and 4 of solve; in the second, what the first left on the
   * executor's disk is lost.
   */
  @ParameterizedTest(name = "after {0} tasks, in {1}")
  @CsvSource({"8, the first sweep", "17, the first solve", "26, the second sweep"})
  void killedExecutorLeavesTheSameBytes(int tasksBefore, String when) throws IOException {
    String expected = Runs.run(SparkRuns.gptq(temp.resolve("one-thread"))).contentDigest();
    try (JavaSparkContext spark = Contexts.start("local-cluster[2,1,2048]")) {
      ExecutorKiller killer = new ExecutorKiller(tasksBefore, anExecutor(spark));
      spark.sc().addSparkListener(killer);
      assertThat(SparkRuns.digest(SparkRuns.gptq(temp.resolve("spark")), spark))
          .isEqualTo(expected);
      assertThat(killer.killed.get()).as("executors killed in " + when).isEqualTo(1);
    }
  }

  @Test
  void everyMethodSurvivesALostExecutor() throws IOException {
    String expected = Runs.run(SparkRuns.everyMethod(temp.resolve("one-thread"))).contentDigest();
    try (JavaSparkContext spark = Contexts.start("local-cluster[2,1,2048]")) {
      ExecutorKiller killer = new ExecutorKiller(60, anExecutor(spark));
      spark.sc().addSparkListener(killer);
      assertThat(SparkRuns.digest(SparkRuns.everyMethod(temp.resolve("spark")), spark))
          .isEqualTo(expected);
      assertThat(killer.killed.get()).as("executors killed").isEqualTo(1);
    }
  }

  /** The process of one of the executors. */
  private static long anExecutor(JavaSparkContext spark) {
    List<Long> processes =
        spark
            .parallelize(IntStream.range(0, 20).boxed().toList(), 20)
            .map(task -> ProcessHandle.current().pid())
            .distinct()
            .collect();
    assertThat(processes).doesNotContain(ProcessHandle.current().pid());
    return processes.get(0);
  }

  /** Kills an executor's process when so many tasks have ended. */
  private static final class ExecutorKiller extends SparkListener {
    private final int tasksBefore;
    private final long process;
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger killed = new AtomicInteger();

    ExecutorKiller(int tasksBefore, long process) {
      this.tasksBefore = tasksBefore;
      this.process = process;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (ended.incrementAndGet() == tasksBefore) {
        ProcessHandle.of(process)
            .filter(ProcessHandle::destroyForcibly)
            .ifPresent(handle -> killed.incrementAndGet());
      }
    }
  }
}
