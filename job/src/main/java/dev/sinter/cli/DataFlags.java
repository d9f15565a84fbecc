/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Problems;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags about calibration: its data, and how they are run through the model. */
final class DataFlags extends DatasetFlags {
  @Option(
      names = "--num-calibration-samples",
      paramLabel = "N",
      description = "How many samples are taken (default: 512).")
  Optional<Integer> samples = Optional.empty();

  @Option(
      names = "--max-seq-length",
      paramLabel = "N",
      description =
          "Longer samples are cut (default: texts at the tokenizer's model_max_length, token ids nowhere).")
  Optional<Integer> maxLength = Optional.empty();

  @Option(
      names = "--concatenate-data",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Samples are blocks of --max-seq-length tokens, wherever rows end; what is left is dropped.")
  Optional<Boolean> concatenate = Optional.empty();

  @Option(
      names = "--data-collator",
      paramLabel = "NAME",
      description =
          "truncation cuts all samples of a micro-batch to the shortest; padding leaves them as they are (default: padding).")
  Optional<String> collator = Optional.empty();

  @Option(
      names = "--shuffle-calibration-samples",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Draw samples from all rows (the default).")
  Optional<Boolean> shuffled = Optional.empty();

  @Option(
      names = "--no-shuffle-calibration-samples",
      description = "Take samples from the start of the data, in its order.")
  boolean unshuffled;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides which samples a shuffle takes (default: 42).")
  Optional<Long> seed = Optional.empty();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Sequences in a micro-batch (default: 8).")
  Optional<Integer> batchSize = Optional.empty();

  @Option(
      names = "--slices",
      paramLabel = "N",
      description =
          "Into how many slices the calibration set is cut; a slice is a task (default: ${DEFAULT-VALUE}).")
  int slices = 16;

  @Option(
      names = "--save-activations-every",
      paramLabel = "N",
      description =
          "After how many layers activations are saved, from where a run that was killed goes on (default: ${DEFAULT-VALUE}).")
  int checkpointInterval = 8;

  @Override
  Map<String, Object> given() {
    Map<String, Object> given = super.given();
    samples.ifPresent(value -> given.put("num_calibration_samples", value));
    maxLength.ifPresent(value -> given.put("max_seq_length", value));
    concatenate.ifPresent(value -> given.put("concatenate_data", value));
    collator.ifPresent(value -> given.put("data_collator", value));
    shuffled
        .or(() -> unshuffled ? Optional.of(false) : Optional.empty())
        .ifPresent(value -> given.put("shuffle_calibration_samples", value));
    seed.ifPresent(value -> given.put("seed", value));
    batchSize.ifPresent(value -> given.put("batch_size", value));
    return given;
  }

  /** The same, and how the model is calibrated with them. */
  Map<String, Object> given(SequentialFlags sequential) {
    Map<String, Object> given = given();
    given.putAll(sequential.given());
    return given;
  }

  /** Numbers that no recipe can say, and flags that contradict each other. */
  void check(Problems problems) {
    WholeNumbers.requirePositive("--slices", slices, problems);
    WholeNumbers.requirePositive("--save-activations-every", checkpointInterval, problems);
    if (unshuffled && shuffled.orElse(false)) {
      problems.add(
          "--shuffle-calibration-samples and --no-shuffle-calibration-samples contradict each other; give one");
    }
  }
}
