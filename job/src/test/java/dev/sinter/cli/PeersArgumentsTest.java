/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.testing.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every argument of llm-compressor's oneshot is a flag here, with hyphens or underscores, and a key
 * of a job file: it works, or it is refused with the reason.
 */
class PeersArgumentsTest {
  private static final String MODEL = TestData.tinyLlamaBf16().toString();

  /** Wrong on its own: a run of which nothing else is said would otherwise go on. */
  private static final String LAST_PROBLEM =
      "sinter: --slices must be a positive whole number up to 2147483647, not 0\n";

  @TempDir private Path temp;

  /**
   * A field of the peer's arguments with a value.
   *
   * @param refused what is said of it, where it is refused
   */
  private record Argument(String field, String value, Optional<String> refused) {
    static Argument works(String field, String value) {
      return new Argument(field, value, Optional.empty());
    }

    static Argument refused(String field, String value, String reason) {
      return new Argument(field, value, Optional.of(reason));
    }

    @Override
    public String toString() {
      return field + " " + value;
    }
  }

  private static List<Argument> ofModels() {
    return List.of(
        Argument.works("model", MODEL),
        Argument.refused(
            "config_name",
            "other",
            "--config-name other: the config of another model would describe other weights."),
        Argument.works("tokenizer", "other"),
        Argument.works("processor", "other"),
        Argument.works("precision", "bfloat16"),
        Argument.works("tie_word_embeddings", "false"),
        Argument.works("tie_word_embeddings", "true"),
        Argument.refused(
            "trust_remote_code_model",
            "true",
            "--trust-remote-code-model: Sinter runs no code that a checkpoint brings"),
        Argument.works("trust_remote_code_model", "false"),
        Argument.works("save_compressed", "false"),
        Argument.works("model_revision", "main"),
        Argument.refused(
            "distill_teacher",
            "other",
            "--distill-teacher other: the methods of oneshot learn from no second model."));
  }

  private static List<Argument> ofRecipes() {
    return List.of(
        Argument.works("recipe", "oneshot/w4a16"),
        Argument.works("recipe_args", "a=1"),
        Argument.works("clear_sparse_session", "true"),
        Argument.works("stage", "quant"));
  }

  private static List<Argument> ofOutputs() {
    return List.of(
        Argument.works("output_dir", "out"),
        Argument.refused(
            "log_dir",
            "logs",
            "--log-dir logs: where logs go is Spark's to say, for driver and executors alike"));
  }

  private static List<Argument> ofData() {
    return List.of(
        Argument.works("dataset", "wikitext"),
        Argument.works("dataset_path", "data.jsonl"),
        Argument.works("dataset_config_name", "en"),
        Argument.works("splits", "train[:5%]"),
        Argument.works("text_column", "body"),
        Argument.works("preprocessing_func", "Q {question} {answer}"),
        Argument.works("num_calibration_samples", "8"),
        Argument.works("max_seq_length", "2048"),
        Argument.works("concatenate_data", "true"),
        Argument.works("concatenate_data", "false"),
        Argument.works("data_collator", "truncation"),
        Argument.works("data_collator", "padding"),
        Argument.works("batch_size", "1"),
        Argument.works("shuffle_calibration_samples", "true"),
        Argument.works("shuffle_calibration_samples", "false"),
        Argument.refused(
            "preprocessing_func",
            "/a/file.py:func",
            "--preprocessing /a/file.py:func: Sinter runs no Python."),
        Argument.refused(
            "splits", "train+test", "--splits train+test is not read. Write one split"),
        Argument.refused(
            "data_collator",
            "my_collator",
            "--data-collator must be one of truncation, padding, not my_collator"),
        Argument.refused(
            "dvc_data_repository",
            "dvc://x",
            "--dvc-data-repository must be left out (DVC is not read"),
        Argument.refused(
            "raw_kwargs", "{data_files: a}", "--raw-kwargs must be {} (what load_dataset takes"),
        Argument.refused(
            "min_tokens_per_module",
            "0.1",
            "--min-tokens-per-module must be left out (this version does not count tokens by module)"),
        Argument.refused(
            "use_loss_mask",
            "true",
            "--use-loss-mask must be false (all tokens of a sample calibrate), not true"),
        Argument.works("use_loss_mask", "false"));
  }

  private static List<Argument> ofCalibration() {
    return List.of(
        Argument.works("pipeline", "sequential"),
        Argument.works("moe_calibrate_all_experts", "true"),
        Argument.works("moe_calibrate_all_experts", "false"),
        Argument.works("sequential_targets", "Linear"),
        Argument.works("sequential_targets_per_subgraph", "2"),
        Argument.refused(
            "propagate_error", "false", "--propagate-error must be true (in this version"),
        Argument.works("propagate_error", "true"));
  }

  /** What is passed over, which is said once the recipe is read. */
  private static List<Argument> withoutEffect() {
    return Stream.of(
            "streaming true",
            "overwrite_cache true",
            "preprocessing_num_workers 4",
            "dataloader_num_workers 2",
            "remove_columns id",
            "pad_to_max_length false",
            "sequential_prefetch true",
            "sequential_offload_device cpu",
            "enable_compile true",
            "tracing_ignore _update_causal_mask",
            "quantization_aware_calibration true")
        .map(argument -> argument.split(" ", -1))
        .map(argument -> Argument.works(argument[0], argument[1]))
        .toList();
  }

  static Stream<Argument> arguments() {
    return Stream.of(
            ofModels(), ofRecipes(), ofOutputs(), ofData(), ofCalibration(), withoutEffect())
        .flatMap(List::stream);
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
    if (argument.refused.isPresent()) {
      assertThat(others).startsWith("sinter: " + argument.refused.get());
    } else {
      assertThat(others).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void worksOrIsRefusedWithTheReason(Argument argument) {
    for (String name : List.of(argument.field, argument.field.replace('_', '-'))) {
      List<String> joined = others(argument.field);
      joined.add("--" + name + "=" + argument.value);
      assertAnswered(argument, SinterRun.of(joined.toArray(String[]::new)));

      List<String> apart = others(argument.field);
      apart.addAll(List.of("--" + name, argument.value));
      assertAnswered(argument, SinterRun.of(apart.toArray(String[]::new)));
    }
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void isAKeyOfAJobFile(Argument argument) throws IOException {
    Path file =
        Files.writeString(temp.resolve("job.yaml"), argument.field + ": " + argument.value + "\n");
    List<String> args = others(argument.field);
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
