/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program itself, killed by SIGKILL between two layers and started again. */
@Tag("slow")
class DriverLossTest {
  @TempDir private Path temp;

  @Test
  void killedProgramGoesOnAndGivesTheSameBytes() throws IOException, InterruptedException {
    Path output = temp.resolve("out");
    Process first = start(output);
    try (BufferedReader lines = reader(first)) {
      String line = lines.readLine();
      while (line != null && !line.contains("calibrate 1/2")) {
        line = lines.readLine();
      }
      first.destroyForcibly();
    }
    assertThat(first.waitFor()).as("exit code of SIGKILL").isEqualTo(137);
    assertThat(output.resolve("_SUCCESS")).doesNotExist();

    Process second = start(output);
    String said = new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    String report = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(second.waitFor()).as(said).isZero();
    assertThat(said).contains("calibrate: 2 steps, 1 of them done by an earlier run");
    String expected =
        Runs.run(
                Runs.request(
                    TestData.tinyLlamaBf16(),
                    temp.resolve("one-thread"),
                    Recipes.load("oneshot/w4a16-gptq"),
                    Optional.of(TestData.calibration())))
            .contentDigest();
    assertThat(TestData.json(report.getBytes(StandardCharsets.UTF_8)).members())
        .containsEntry("content_digest", Json.of(expected));
  }

  private static Process start(Path output) throws IOException {
    return Programs.java(
        Launcher.class.getName(),
        "oneshot",
        "--model",
        TestData.tinyLlamaBf16().toString(),
        "--output-dir",
        output.toString(),
        "--recipe",
        "oneshot/w4a16-gptq",
        "--dataset",
        TestData.demoData().resolve("calibration.jsonl").toString(),
        "--num-calibration-samples",
        "32",
        "--no-shuffle-calibration-samples",
        "--master",
        "local[2]");
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
  }
}
