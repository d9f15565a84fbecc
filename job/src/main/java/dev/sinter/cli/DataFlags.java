/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Flags about calibration: its data, and how they are run through the model. What a recipe's
 * section {@code dataset} may say has no default here.
 */
final class DataFlags {
  @Option(
      names = "--dataset",
      paramLabel = "FILE",
      description = "JSON lines of {\"input_ids\": [...]}, tokenized for this model.")
  Optional<String> dataset = Optional.empty();

  @Option(
      names = "--num-calibration-samples",
      paramLabel = "N",
      description = "How many samples are taken (default: 512).")
  Optional<Integer> samples = Optional.empty();

  @Option(names = "--max-seq-length", paramLabel = "N", description = "Longer samples are cut.")
  Optional<Integer> maxLength = Optional.empty();

  @Option(
      names = "--no-shuffle-calibration-samples",
      description = "Take samples from the start of the file, in its order.")
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
          "Into how many slices the calibration set is cut; a slice is a task (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  int slices;

  @Option(
      names = "--save-activations-every",
      paramLabel = "N",
      description =
          "After how many layers activations are saved, from where a run that was killed goes on (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  int checkpointInterval;
}
