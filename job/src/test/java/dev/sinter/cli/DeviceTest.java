/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceTest {
  private static final String REFUSED =
      "sinter: --device cuda: this build of Sinter computes on the CPU alone, and does not fall back"
          + " to it unasked. Give --device cpu or leave the flag out\n";

  @TempDir private Path temp;

  private SinterRun sinter(String command, String... more) {
    List<String> args = new ArrayList<>(List.of(command, "--model=" + TestData.tinyLlamaBf16()));
    args.addAll(Arrays.asList(more));
    return SinterRun.of(args.toArray(String[]::new));
  }

  private String out() {
    return "--output-dir=" + temp.resolve("out");
  }

  @Test
  void refusesCudaBeforeAnyWorkWhateverTheCommand() {
    List<SinterRun> runs =
        List.of(
            sinter("oneshot", out(), "--scheme=W4A16", "--device=cuda"),
            sinter("decompress", out(), "--device=cuda"),
            sinter("eval", "--dataset=/nowhere", "--device=cuda"),
            sinter("run", "--input-ids=/nowhere", "--output=/nowhere", "--device=cuda"));

    assertThat(runs).allSatisfy(run -> assertThat(run.err()).isEqualTo(REFUSED));
    assertThat(runs).extracting(SinterRun::code).containsOnly(2);
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void refusesAnUnknownDevice() {
    SinterRun run = sinter("oneshot", out(), "--scheme=W4A16", "--device=gpu");

    assertThat(run.err()).contains("sinter: --device must be one of auto, cpu, cuda, not gpu");
    assertThat(run.code()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"auto", "cpu"})
  void saysWhatComputed(String device) throws IOException {
    SinterRun run =
        sinter("oneshot", out(), "--scheme=W4A16", "--master=local[1]", "--device=" + device);

    assertThat(run.err()).contains("sinter: starting Spark on local[1], to compute on the CPU\n");
    Json.Obj manifest = TestData.json(Files.readAllBytes(temp.resolve("out/sinter.json")));
    assertThat(manifest.members()).containsEntry("device", Json.of("cpu"));
  }

  @ParameterizedTest
  @CsvSource({"spark.task.resource.gpu.amount, 0.25", "spark.executor.resource.gpu.amount, 1"})
  void saysThatGpusStandIdle(String key, String amount) {
    assertThat(Device.idleGpus(new SparkConf(false).set(key, amount)))
        .hasValue(
            "Spark hands out GPUs ("
                + key
                + "="
                + amount
                + "), and this build computes on the CPU: they stand idle, and may allow fewer tasks"
                + " at a time than there are cores. Leave that setting out");
    assertThat(Device.idleGpus(new SparkConf(false).set(key, "0"))).isEmpty();
  }
}
