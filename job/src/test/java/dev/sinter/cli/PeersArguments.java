/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.json.Json;
import dev.sinter.testing.TestData;
import java.util.List;
import java.util.stream.Stream;

/** Every argument of llm-compressor's oneshot, and what becomes of it. */
final class PeersArguments {
  static final String MODEL = TestData.tinyLlamaBf16().toString();

  /** A folder with another tokenizer, made by who needs it to be there. */
  static final String OTHER = "target/peers-tokenizer";

  private PeersArguments() {}

  /** What becomes of an argument. */
  sealed interface Answer {}

  /** It is refused, for a reason. */
  record Refused(String reason) implements Answer {}

  /** A plan for calibration has the value there. */
  record Planned(String path, Json value) implements Answer {}

  /** The plan is another than without it. */
  record OtherPlan() implements Answer {}

  /** It asks for what is done anyway: the plan is the same as without it. */
  record AsBefore() implements Answer {}

  /** It has no effect, or not here, and that is said. */
  record Said(String text) implements Answer {}

  /** The identity of a run has the value there. */
  record Written(String path, Json value) implements Answer {}

  /** The identity of a run is another than without it. */
  record OtherRun() implements Answer {}

  /** A field of the peer's arguments with a value. */
  record Argument(String field, String value, Answer answer) {
    @Override
    public String toString() {
      return field + " " + value;
    }
  }

  private static List<Argument> ofModels() {
    return List.of(
        new Argument("model", MODEL, new Planned("model", Json.of(MODEL))),
        new Argument(
            "config_name",
            "other",
            new Refused(
                "--config-name other: the config of another model would describe other weights.")),
        new Argument("tokenizer", OTHER, new OtherRun()),
        new Argument("processor", OTHER, new OtherRun()),
        new Argument("precision", "bfloat16", new Written("settings.dtype", Json.of("BF16"))),
        new Argument("tie_word_embeddings", "false", new Written("settings.ties", Json.of("CUT"))),
        new Argument("tie_word_embeddings", "true", new AsBefore()),
        new Argument(
            "trust_remote_code_model",
            "true",
            new Refused("--trust-remote-code-model: Sinter runs no code that a checkpoint brings")),
        new Argument("trust_remote_code_model", "false", new AsBefore()),
        new Argument("save_compressed", "false", new Written("settings.form", Json.of("DENSE"))),
        new Argument(
            "model_revision",
            "main",
            new Said("is no model of a hub; --model-revision is not looked at")),
        new Argument(
            "distill_teacher",
            "other",
            new Refused(
                "--distill-teacher other: the methods of oneshot learn from no second model.")));
  }

  private static List<Argument> ofRecipes() {
    return List.of(
        new Argument("recipe", "oneshot/w4a16", new OtherPlan()),
        new Argument("recipe_args", "a=4", new OtherPlan()),
        new Argument("clear_sparse_session", "true", new AsBefore()),
        new Argument("stage", "quant", new OtherPlan()));
  }

  private static List<Argument> ofOutputs() {
    return List.of(
        new Argument(
            "output_dir",
            "target/peers-output",
            new Written("settings.form", Json.of("COMPRESSED"))),
        new Argument(
            "log_dir",
            "logs",
            new Refused(
                "--log-dir logs: where logs go is Spark's to say, for driver and executors alike")));
  }

  private static List<Argument> ofData() {
    return List.of(
        new Argument("dataset", "wikitext", new Planned("data.dataset", Json.of("wikitext"))),
        new Argument(
            "dataset_path", "data.jsonl", new Planned("data.dataset_path", Json.of("data.jsonl"))),
        new Argument(
            "dataset_config_name", "en", new Planned("data.dataset_config_name", Json.of("en"))),
        new Argument("splits", "train[:5%]", new Planned("data.splits", Json.of("train[:5%]"))),
        new Argument("text_column", "body", new Planned("data.text_column", Json.of("body"))),
        new Argument(
            "preprocessing_func",
            "Q {question} {answer}",
            new Planned("data.preprocessing", Json.of("Q {question} {answer}"))),
        new Argument(
            "num_calibration_samples",
            "8",
            new Planned("data.num_calibration_samples", Json.of(8))),
        new Argument("max_seq_length", "2048", new Planned("data.max_seq_length", Json.of(2048))),
        new Argument(
            "concatenate_data", "true", new Planned("data.concatenate_data", Json.of(true))),
        new Argument(
            "concatenate_data", "false", new Planned("data.concatenate_data", Json.of(false))),
        new Argument(
            "data_collator",
            "truncation",
            new Planned("data.data_collator", Json.of("truncation"))),
        new Argument(
            "data_collator", "padding", new Planned("data.data_collator", Json.of("padding"))),
        new Argument("batch_size", "1", new Planned("data.batch_size", Json.of(1))),
        new Argument(
            "shuffle_calibration_samples",
            "true",
            new Planned("data.shuffle_calibration_samples", Json.of(true))),
        new Argument(
            "shuffle_calibration_samples",
            "false",
            new Planned("data.shuffle_calibration_samples", Json.of(false))),
        new Argument(
            "preprocessing_func",
            "/a/file.py:func",
            new Refused("--preprocessing /a/file.py:func: Sinter runs no Python.")),
        new Argument(
            "splits",
            "train+test",
            new Refused("--splits train+test is not read. Write one split")),
        new Argument(
            "data_collator",
            "my_collator",
            new Refused("--data-collator must be one of truncation, padding, not my_collator")),
        new Argument(
            "dvc_data_repository",
            "dvc://x",
            new Refused("--dvc-data-repository must be left out (DVC is not read")),
        new Argument(
            "raw_kwargs",
            "{data_files: a}",
            new Refused("--raw-kwargs must be {} (what load_dataset takes")),
        new Argument(
            "min_tokens_per_module",
            "0.1",
            new Refused(
                "--min-tokens-per-module must be left out (this version does not count tokens by module)")),
        new Argument(
            "use_loss_mask",
            "true",
            new Refused(
                "--use-loss-mask must be false (all tokens of a sample calibrate), not true")),
        new Argument("use_loss_mask", "false", new AsBefore()));
  }

  private static List<Argument> ofCalibration() {
    return List.of(
        new Argument("pipeline", "sequential", new AsBefore()),
        new Argument("moe_calibrate_all_experts", "true", new OtherPlan()),
        new Argument("moe_calibrate_all_experts", "false", new AsBefore()),
        new Argument("sequential_targets", "Linear", new OtherPlan()),
        new Argument("sequential_targets_per_subgraph", "2", new OtherPlan()),
        new Argument("propagate_error", "false", new OtherPlan()),
        new Argument("propagate_error", "true", new AsBefore()));
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
        .map(
            argument ->
                new Argument(
                    argument[0],
                    argument[1],
                    new Said("sinter: " + argument[0] + " makes no difference here: ")))
        .toList();
  }

  static Stream<Argument> all() {
    return Stream.of(
            ofModels(), ofRecipes(), ofOutputs(), ofData(), ofCalibration(), withoutEffect())
        .flatMap(List::stream);
  }
}
