/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that say what is done. */
final class RecipeFlags {
  @Option(
      names = "--recipe",
      paramLabel = "NAME|FILE",
      description = "A built-in recipe such as oneshot/w4a16-gptq, or a YAML file.")
  Optional<String> recipe = Optional.empty();

  @Option(
      names = "--scheme",
      paramLabel = "SCHEME",
      description = "A preset: W8A8, W8A16, W4A16, W4A16_ASYM, FP8_DYNAMIC, ...")
  Optional<String> scheme = Optional.empty();

  @Option(
      names = "--qformat",
      paramLabel = "FORMAT",
      description =
          "A format by ModelOpt's name: ${COMPLETION-CANDIDATES}. The head stays as it is.",
      completionCandidates = QuantizationFormats.class)
  Optional<String> qformat = Optional.empty();

  @Option(
      names = "--targets",
      split = ",",
      paramLabel = "TARGET",
      description =
          "With --scheme or --qformat: class names, module names, or re:REGEX (default: Linear).")
  List<String> targets = List.of();

  @Option(
      names = "--ignore",
      split = ",",
      paramLabel = "TARGET",
      description = "With --scheme or --qformat: what stays as it is.")
  List<String> ignore = List.of();

  @Option(
      names = "--save-compressed",
      arity = "1",
      paramLabel = "true|false",
      description =
          "With false, weights are written as what their codes stand for, and scales beside them (default: true).",
      defaultValue = "true")
  boolean saveCompressed;

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description = "sequential, independent or datafree; inferred from the recipe if not given.")
  Optional<PipelineName> pipeline = Optional.empty();

  @Option(names = "--strict", description = "Whatever would be a notice is an error.")
  boolean strict;

  /** The pipelines by their names. */
  enum PipelineName {
    SEQUENTIAL,
    INDEPENDENT,
    DATAFREE
  }
}
