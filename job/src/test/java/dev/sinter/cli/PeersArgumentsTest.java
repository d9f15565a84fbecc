/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.PeersArguments.Argument;
import dev.sinter.cli.PeersArguments.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every argument of llm-compressor's oneshot is a flag here, with hyphens or underscores, and a key
 * of a job file: it is understood, or refused with the reason. {@link PeersEffectsTest} tells what
 * those do that are understood.
 */
class PeersArgumentsTest {
  private static final String MODEL = PeersArguments.MODEL;

  /** Wrong on its own: a run of which nothing else is said would otherwise go on. */
  private static final String LAST_PROBLEM =
      "sinter: --slices must be a positive whole number up to 2147483647, not 0\n";

  @TempDir private Path temp;

  static Stream<Argument> arguments() {
    return PeersArguments.all();
  }

  /** What a run needs besides, in the spelling of flags. */
  private List<String> others(String field) {
    List<String> others = new ArrayList<>(List.of("oneshot", "--slices=0"));
    Map<String, String> needed =
        Map.of(
            "model",
            MODEL,
            "output_dir",
            temp.resolve("out").toString(),
            "recipe",
            "oneshot/w4a16");
    needed.forEach(
        (name, value) -> {
          if (!name.equals(field)) {
            others.add("--" + name + "=" + value);
          }
        });
    return others;
  }

  private static void assertAnswered(Argument argument, SinterRun run) {
    assertThat(run.code()).isEqualTo(2);
    String others = run.err().replace(LAST_PROBLEM, "");
    if (argument.answer() instanceof Refused refused) {
      assertThat(others).startsWith("sinter: " + refused.reason());
    } else {
      assertThat(others).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void worksOrIsRefusedWithTheReason(Argument argument) {
    for (String name : List.of(argument.field(), argument.field().replace('_', '-'))) {
      List<String> joined = others(argument.field());
      joined.add("--" + name + "=" + argument.value());
      assertAnswered(argument, SinterRun.of(joined.toArray(String[]::new)));

      List<String> apart = others(argument.field());
      apart.addAll(List.of("--" + name, argument.value()));
      assertAnswered(argument, SinterRun.of(apart.toArray(String[]::new)));
    }
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void isAKeyOfAJobFile(Argument argument) throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("job.yaml"), argument.field() + ": " + argument.value() + "\n");
    List<String> args = others(argument.field());
    args.add("--config=" + file);
    assertAnswered(argument, SinterRun.of(args.toArray(String[]::new)));
  }

  @Test
  void whatMakesNoDifferenceIsSaid() {
    SinterRun run =
        SinterRun.of(
            "oneshot",
            "--model=" + MODEL,
            "--output_dir=" + temp.resolve("out"),
            "--recipe=oneshot/w4a16-gptq",
            "--streaming",
            "--pad_to_max_length=true",
            "--data_collator=padding");

    assertThat(run.err())
        .startsWith(
            "sinter: streaming makes no difference here: Spark reads a data set as a stream anyway\n"
                + "sinter: pad_to_max_length makes no difference here: pads are not computed:"
                + " the samples of a micro-batch lie behind each other\n"
                + "sinter: data_collator: padding: pads are not computed")
        .contains("no data is given. Give --dataset");
  }

  @Test
  void aPlanTellsItsData() {
    List<String> args =
        List.of(
            "plan",
            "--model=" + MODEL,
            "--recipe=oneshot/w4a16-gptq",
            "--dataset=nothing/there",
            "--dataset_config_name=en",
            "--splits=test[:10%]",
            "--num_calibration_samples=64",
            "--max_seq_length=256",
            "--seed=5");
    assertThat(SinterRun.of(args.toArray(String[]::new)).out())
        .contains(
            "  data       nothing/there, configuration en, split test[:10%]; 64 samples of at most 256 tokens,"
                + " drawn by seed 5; 16 slices, micro-batches of 8\n");
    assertThat(SinterRun.of("plan", "--model=" + MODEL, "--recipe=oneshot/w4a16-gptq").out())
        .contains("  data       none is given yet (--dataset); 512 samples, drawn by seed 42;");
    assertThat(SinterRun.of("plan", "--model=" + MODEL, "--scheme=W4A16").out())
        .doesNotContain("  data  ");
  }

  @Test
  void aTokenizerAndAProcessorAreOneAndGivenOnce() {
    List<String> args = others("");
    args.addAll(List.of("--tokenizer=a", "--processor=b"));
    SinterRun run = SinterRun.of(args.toArray(String[]::new));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'--tokenizer' (MODEL) should be specified only once");
  }

  @Test
  void whatIsRefusedIsNotProposed() {
    SinterRun run = SinterRun.of("oneshot", "--log-dri=x");

    assertThat(run.err()).startsWith("sinter: there is no argument --log-dri.\n");
    assertThat(SinterRun.of("oneshot", "--help").out())
        .doesNotContain("--log-dir", "--trust-remote-code-model", "--config-name");
  }

  @Test
  void anArgumentThatNobodyHasIsAnError() {
    SinterRun run = SinterRun.of("oneshot", "--model_revison=main");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("there is no argument --model-revison. Did you mean --model-revision?");
  }

  @Test
  void aVariableWithoutEffectIsSaid() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PeerFlags.sayVariables(
        Map.of("LLM_COMPRESSOR_LOG_FILE", "x"), new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("sinter: LLM_COMPRESSOR_LOG_FILE is not looked at: where logs go");
  }
}
