/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags about data. */
final class DataFlags {
  @Option(
      names = "--dataset",
      paramLabel = "FILE",
      description = "JSON lines of {\"input_ids\": [...]}, tokenized for this model.")
  Optional<String> dataset = Optional.empty();

  @Option(
      names = "--num-calibration-samples",
      paramLabel = "N",
      description = "How many samples are taken (default: ${DEFAULT-VALUE}).",
      defaultValue = "512")
  int samples;

  @Option(names = "--max-seq-length", paramLabel = "N", description = "Longer samples are cut.")
  Optional<Integer> maxLength = Optional.empty();

  @Option(
      names = "--no-shuffle-calibration-samples",
      description = "Take samples from the start of the file, in its order.")
  boolean unshuffled;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides which samples a shuffle takes (default: ${DEFAULT-VALUE}).",
      defaultValue = "42")
  long seed;
}
