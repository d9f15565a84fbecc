/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.pipeline.Oneshot;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.session.ProgressListener;
import dev.sinter.task.TilesInPlaceOfRows;
import dev.sinter.testing.InProcessEngine;
import dev.sinter.testing.Runs;
import dev.sinter.testing.spark.Contexts;
import dev.sinter.testing.spark.SparkRuns;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever cluster runs it, a run gives the bytes of the engine that runs one task after another on
 * one thread.
 */
class SameBytesTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"local[1]", "local[2]", "local-cluster[2,1,2048]"})
  void calibratedRunGivesTheSameBytesOn(String master) throws IOException {
    String expected = Runs.run(SparkRuns.gptq(temp.resolve("one-thread"))).contentDigest();
    try (JavaSparkContext spark = Contexts.start(master)) {
      assertThat(SparkRuns.digest(SparkRuns.gptq(temp.resolve("spark")), spark))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[1]", "local[2]", "local-cluster[2,1,2048]"})
  void everyMethodGivesTheSameBytesOn(String master) throws IOException {
    String expected = Runs.run(SparkRuns.everyMethod(temp.resolve("one-thread"))).contentDigest();
    try (JavaSparkContext spark = Contexts.start(master)) {
      assertThat(SparkRuns.digest(SparkRuns.everyMethod(temp.resolve("spark")), spark))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[2]", "local-cluster[2,1,2048]"})
  void runThatPropagatesActivationErrorsGivesTheSameBytesOn(String master) throws IOException {
    String expected = Runs.run(SparkRuns.asServed(temp.resolve("one-thread"))).contentDigest();
    try (JavaSparkContext spark = Contexts.start(master)) {
      assertThat(SparkRuns.digest(SparkRuns.asServed(temp.resolve("spark")), spark))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[2]", "local-cluster[2,1,2048]"})
  void mixtureGivesTheSameBytesOn(String master) throws IOException {
    TilesInPlaceOfRows tiles = new TilesInPlaceOfRows();
    OneshotRequest request = SparkRuns.mixture(temp.resolve("one-thread"));
    String expected =
        Oneshot.run(request, () -> new InProcessEngine(tiles), ProgressListener.none())
            .contentDigest();
    assertThat(tiles.moved()).as("experts whose tokens travel").isNotEmpty();
    try (JavaSparkContext spark = Contexts.start(master)) {
      assertThat(SparkRuns.digest(SparkRuns.mixture(temp.resolve("spark")), spark))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[2]", "local-cluster[2,1,2048]"})
  void datafreeRunGivesTheSameBytesOn(String master) throws IOException {
    String expected = Runs.run(SparkRuns.datafree(temp.resolve("one-thread"))).contentDigest();
    try (JavaSparkContext spark = Contexts.start(master)) {
      assertThat(SparkRuns.digest(SparkRuns.datafree(temp.resolve("spark")), spark))
          .isEqualTo(expected);
    }
  }

  @Test
  void kryoCarriesWhatTravels() throws IOException {
    OneshotRequest request = SparkRuns.gptq(temp.resolve("spark"));
    String expected = Runs.run(SparkRuns.gptq(temp.resolve("one-thread"))).contentDigest();
    SparkConf conf =
        Contexts.conf("local[2]")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      assertThat(SparkRuns.digest(request, spark)).isEqualTo(expected);
    }
  }
}
