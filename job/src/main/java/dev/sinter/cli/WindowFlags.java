/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.data.EvaluationWindows.Cut;
import dev.sinter.data.EvaluationWindows.Joining;
import dev.sinter.problem.Problems;
import dev.sinter.setting.Form;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags about the text that checkpoints are measured on. */
final class WindowFlags extends DatasetFlags {
  @Option(
      names = "--max-seq-length",
      paramLabel = "N",
      description = "The tokens of a window (default: ${DEFAULT-VALUE}).")
  private int length = 2048;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description = "How many windows are measured, from the start (default: all).")
  private Optional<Integer> count = Optional.empty();

  @Option(
      names = "--join",
      paramLabel = "HOW",
      description =
          "How texts become one: tokens (each is tokenized by itself, and their ids follow each other) or blank_lines (joined by a blank line and tokenized as one, as results on WikiText are published) (default: ${DEFAULT-VALUE}).",
      defaultValue = "tokens")
  private Joining joining;

  void check(Problems problems) {
    DataSettings.of(given(), problems);
    if (dataset.isEmpty() && datasetPath.isEmpty()) {
      problems.add("Say which text: give --dataset");
    }
    if (length < 2) {
      problems.add(
          WholeNumbers.wrong(
              "--max-seq-length", new Form.Whole(2, Integer.MAX_VALUE), String.valueOf(length)));
    }
    WholeNumbers.requirePositive("--windows", count.orElse(1), problems);
  }

  /** How the text is cut. */
  Cut cut() {
    return new Cut(count.orElse(Integer.MAX_VALUE), length, joining);
  }
}
