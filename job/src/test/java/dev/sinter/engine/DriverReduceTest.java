/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import dev.sinter.testing.Runs;
import dev.sinter.testing.spark.Contexts;
import dev.sinter.testing.spark.SparkRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics that the driver adds up give the bytes that shuffled ones give. */
class DriverReduceTest {
  @TempDir private Path temp;

  private static SparkConf conf(String master) {
    return Contexts.conf(master).set("spark.sinter.reduce", "driver");
  }

  @Test
  void everyMethodGivesTheSameBytesAndShufflesNothing() throws IOException {
    String expected = Runs.run(SparkRuns.everyMethod(temp.resolve("one-thread"))).contentDigest();
    Shuffled shuffled = new Shuffled();
    try (JavaSparkContext spark = new JavaSparkContext(conf("local-cluster[2,1,2048]"))) {
      spark.sc().addSparkListener(shuffled);
      assertThat(SparkRuns.digest(SparkRuns.everyMethod(temp.resolve("spark")), spark))
          .isEqualTo(expected);
    }
    // The listener has heard of all tasks once Spark has stopped.
    assertThat(shuffled.tasks.get()).isPositive();
    assertThat(shuffled.bytes.get()).isZero();
  }

  @Test
  void saysThatTheStatisticsAreTooMuchForTheDriver() {
    SparkConf conf = conf("local[2]").set("spark.driver.maxResultSize", "100k");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      assertThatThrownBy(() -> SparkRuns.digest(SparkRuns.gptq(temp.resolve("spark")), spark))
          .isInstanceOf(RequestException.class)
          .hasMessageMatching(
              "spark\\.sinter\\.reduce=driver brings the statistics of model\\.layers\\.0 to the"
                  + " driver, and they are more than it takes \\(.*spark\\.driver\\.maxResultSize"
                  + ".*\\)\\. Leave that setting out, or raise spark\\.driver\\.maxResultSize");
    }
  }

  private static final class Shuffled extends SparkListener {
    private final AtomicLong tasks = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      tasks.incrementAndGet();
      bytes.addAndGet(end.taskMetrics().shuffleWriteMetrics().bytesWritten());
    }
  }
}
