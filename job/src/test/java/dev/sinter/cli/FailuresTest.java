/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.problem.RequestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Which exit code a failure has, and the line that it says. */
class FailuresTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int code(Exception failure) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    CommandLine command = new CommandLine(CommandLine.Model.CommandSpec.create().name("oneshot"));
    return new Failures.OfCommands(stream).handleExecutionException(failure, command, null);
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aWrongRequestSaysAllItsProblems() {
    assertThat(code(new IllegalStateException(new RequestException(List.of("one", "two")))))
        .isEqualTo(2);
    assertThat(said()).isEqualTo("sinter: one\nsinter: two\n");
  }

  @Test
  void aStoreThatDoesNotAnswerMayPass() {
    assertThat(
            code(new UncheckedIOException("Cannot read", new SocketTimeoutException("timed out"))))
        .isEqualTo(75);
    assertThat(said()).startsWith("sinter: Cannot read: timed out\nThat may pass");
  }

  @Test
  void aFullDiskMayPass() {
    assertThat(code(new IOException("No space left on device"))).isEqualTo(75);
  }

  @Test
  void aFailedTaskSaysItsOwnExceptionInOneLine() {
    String ofSpark =
        "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent failure: Lost task 0.3 in"
            + " stage 1.0 (TID 7) (host executor 1): java.lang.ArithmeticException: q_proj: no factor\n\tat a.B.c(B.java:1)";
    assertThat(code(new IllegalStateException(ofSpark))).isEqualTo(1);
    assertThat(said())
        .startsWith("sinter: q_proj: no factor\nWhat was committed is kept")
        .doesNotContain("\tat");
  }
}
