/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.ForeignJar;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The method of docs/extending.md in a jar that is handed to spark-submit, and that is on no class
 * path of a process.
 */
@Tag("slow")
class ForeignMethodTest {
  private static final String RECIPE =
      "modifiers: {DropModifier: {scheme: W8A16, part: 0.25, ignore: [lm_head]}}\n";

  @TempDir private Path temp;

  @Test
  void driverAndExecutorsFindAMethodOfASubmittedJar() throws IOException, InterruptedException {
    Path jar = ForeignJar.of(Files.createDirectories(temp.resolve("jar")), "foreign.methods");

    Process process = submit(jar);
    String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(temp.resolve("err"))).isZero();

    ForeignJar.with(
        () -> {
          String expected =
              Runs.run(
                      Runs.request(
                          TestData.tinyLlamaBf16(),
                          temp.resolve("one-thread"),
                          Recipes.parse("drop.yaml", RECIPE),
                          Optional.of(TestData.calibration())))
                  .contentDigest();
          assertThat(TestData.json(report.getBytes(StandardCharsets.UTF_8)).members())
              .containsEntry("content_digest", Json.of(expected));
        },
        jar);
  }

  /** Executors are processes: they have Sinter on their class path, and the jar from the driver. */
  private Process submit(Path jar) throws IOException {
    Path recipe = Files.writeString(temp.resolve("drop.yaml"), RECIPE);
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    return Programs.command(
            "org.apache.spark.deploy.SparkSubmit",
            "--master",
            "local-cluster[2,1,2048]",
            "--jars",
            jar.toString(),
            "--conf",
            "spark.ui.enabled=false",
            "--conf",
            "spark.executor.extraClassPath=" + Programs.classPath(),
            "--class",
            Sinter.class.getName(),
            "spark-internal",
            "oneshot",
            "--model",
            TestData.tinyLlamaBf16().toString(),
            "--output-dir",
            temp.resolve("out").toString(),
            "--recipe",
            recipe.toString(),
            "--dataset",
            TestData.demoData().resolve("calibration.jsonl").toString(),
            "--num-calibration-samples",
            "32",
            "--no-shuffle-calibration-samples")
        .redirectError(temp.resolve("err").toFile())
        .start();
  }
}
