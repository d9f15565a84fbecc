/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.spark.SparkConf;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
  private static SparkConf conf(String... keysAndValues) {
    SparkConf conf = new SparkConf(false);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      conf.set(keysAndValues[i], keysAndValues[i + 1]);
    }
    return conf;
  }

  @Test
  void withoutAnyTheUsualHold() {
    assertThat(EngineSettings.of(conf("spark.reduce", "driver")))
        .isEqualTo(
            new EngineSettings(
                EngineSettings.Reduce.SHUFFLE,
                StorageLevel.DISK_ONLY(),
                268_435_456,
                Duration.ofSeconds(30)));
  }

  @Test
  void readsAll() {
    SparkConf conf =
        conf(
            "spark.sinter.reduce", "driver",
            "spark.sinter.activations.storageLevel", "MEMORY_AND_DISK_2",
            "spark.sinter.pieceSize", "1g",
            "spark.sinter.executors.wait", "2m");

    assertThat(EngineSettings.of(conf))
        .isEqualTo(
            new EngineSettings(
                EngineSettings.Reduce.DRIVER,
                StorageLevel.MEMORY_AND_DISK_2(),
                1_073_741_824,
                Duration.ofMinutes(2)));
  }

  @Test
  void refusesAllThatIsUnknownOrWrongAtOnce() {
    SparkConf conf =
        conf(
            "spark.sinter.reduc", "driver",
            "spark.sinter.colour", "red",
            "spark.sinter.reduce", "drivr",
            "spark.sinter.activations.storageLevel", "OFF_HEAP",
            "spark.sinter.pieceSize", "9k",
            "spark.sinter.executors.wait", "soon");

    assertThatThrownBy(() -> EngineSettings.of(conf))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            """
            There is no setting spark.sinter.colour. There are spark.sinter.reduce, spark.sinter.activations.storageLevel, spark.sinter.pieceSize, spark.sinter.executors.wait
            There is no setting spark.sinter.reduc. Did you mean spark.sinter.reduce?
            spark.sinter.reduce must be one of shuffle, driver, not drivr. Did you mean driver?
            spark.sinter.activations.storageLevel must be one of DISK_ONLY, DISK_ONLY_2, MEMORY_AND_DISK, MEMORY_AND_DISK_2, not OFF_HEAP
            spark.sinter.pieceSize must be a size from 1m, such as 256m or 1g, not 9k
            spark.sinter.executors.wait must be a time, such as 30s or 2m, not soon""");
  }

  @Test
  void documentHoldsTheTable() throws IOException {
    assertThat(Files.readString(Path.of("../docs/configuration.md")))
        .contains("\n\n" + EngineSettings.table() + "\n");
  }
}
