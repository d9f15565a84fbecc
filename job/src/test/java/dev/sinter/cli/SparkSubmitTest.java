/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The application under spark-submit, which ends with the application's exit code. */
@Tag("slow")
class SparkSubmitTest {
  private static Process submit(String model) throws IOException {
    return Programs.java(
        "org.apache.spark.deploy.SparkSubmit",
        "--master",
        "local[1]",
        "--conf",
        "spark.ui.enabled=false",
        "--class",
        "dev.sinter.cli.Sinter",
        "spark-internal",
        "inspect",
        model);
  }

  @Test
  void succeedsWithZero() throws IOException, InterruptedException {
    Process process = submit(TestData.tinyLlamaBf16().toString());
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(out).contains("family   llama");
  }

  @Test
  void saysAWrongRequestByItsExitCode() throws IOException, InterruptedException {
    Process process = submit("/nowhere");
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(err).contains("sinter: There is no checkpoint at /nowhere").doesNotContain("\tat ");
    assertThat(process.waitFor()).isEqualTo(2);
  }
}
