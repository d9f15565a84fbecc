/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.pipeline.OneshotRequest.Strictness;
import dev.sinter.pipeline.Pipeline;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.problem.Problems;
import dev.sinter.recipe.Recipe;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that say what is done. */
final class RecipeFlags {
  /** Commas between texts, but none within brackets, as regular expressions have them. */
  static final String COMMAS = ",(?![^{\\[(]*[}\\])])";

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      description =
          "A built-in recipe such as oneshot/w4a16-gptq, a file, a folder, or YAML itself. Several are done in order. Goes before --scheme and --qformat.")
  List<String> recipes = List.of();

  @Option(
      names = "--recipe-args",
      arity = "1..*",
      paramLabel = "NAME=VALUE",
      description = "Values for eval(NAME) in the recipe.")
  List<String> recipeArgs = List.of();

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "The only stage of the recipe that is done.")
  Optional<String> stage = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Changes a value of the recipe: stages[0].GPTQModifier.block_size=64, quantize.algorithm.perc_damp=0.05.")
  List<String> overrides = List.of();

  @Option(
      names = "--strict-modelopt",
      description = "The recipe must be one that ModelOpt takes, too.")
  boolean strictModelopt;

  @Option(
      names = "--scheme",
      paramLabel = "SCHEME",
      description = "A preset: W8A8, W8A16, W4A16, W4A16_ASYM, FP8_DYNAMIC, ...")
  Optional<String> scheme = Optional.empty();

  @Option(
      names = "--qformat",
      paramLabel = "FORMAT",
      description =
          "A format by ModelOpt's name: ${COMPLETION-CANDIDATES}. What ModelOpt leaves alone, such as the head, stays as it is.",
      completionCandidates = QuantizationFormats.class)
  Optional<String> qformat = Optional.empty();

  @Option(
      names = "--kv-cache-qformat",
      paramLabel = "FORMAT",
      description =
          "With --qformat: how keys and values are kept: ${COMPLETION-CANDIDATES} (default: none).",
      completionCandidates = QuantizationFormats.OfCaches.class)
  Optional<String> kvCacheQformat = Optional.empty();

  @Option(
      names = "--targets",
      split = COMMAS,
      splitSynopsisLabel = ",",
      paramLabel = "TARGET",
      description = "With --scheme: class names, module names, or re:REGEX (default: Linear).")
  List<String> targets = List.of();

  @Option(
      names = "--ignore",
      split = COMMAS,
      splitSynopsisLabel = ",",
      paramLabel = "TARGET",
      description =
          "With --scheme: what stays as it is. With --qformat, too, by the names of modules.")
  List<String> ignore = List.of();

  @Option(
      names = "--save-compressed",
      arity = "1",
      paramLabel = "true|false",
      description =
          "With false, weights are written as what their codes stand for, and scales beside them (default: true).")
  boolean saveCompressed = true;

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description =
          "sequential: each layer is calibrated once, for all methods. independent: once for each method that smooths, and once for the rest. basic: layers do not see what was done before them. datafree: without data. Inferred from the recipe if not given.")
  Optional<PipelineName> pipeline = Optional.empty();

  @Option(names = "--strict", description = "Whatever would be a notice is an error.")
  private boolean strict;

  /** The recipe that these ask for; what is wrong with them among each other is said at once. */
  Recipe recipe(PrintStream err) {
    Problems problems = new Problems();
    RecipeChoice choice = new RecipeChoice(this);
    choice.check(problems);
    problems.throwIfAny();
    return choice.load(err);
  }

  /** Whether any of them says what is done. */
  boolean isGiven() {
    return !recipes.isEmpty() || scheme.isPresent() || qformat.isPresent();
  }

  /** Whether a notice is an error. */
  Strictness strictness() {
    return strict ? Strictness.STRICT : Strictness.LENIENT;
  }

  /** The form of weights in the output. */
  Form form() {
    return saveCompressed ? Form.COMPRESSED : Form.DENSE;
  }

  /** The pipelines by their names. */
  enum PipelineName {
    SEQUENTIAL(Pipeline.SEQUENTIAL),
    LAYER_SEQUENTIAL(Pipeline.LAYER_SEQUENTIAL),
    BASIC(Pipeline.BASIC),
    INDEPENDENT(Pipeline.INDEPENDENT),
    /** No data runs through the model, and so it is no matter how. */
    DATAFREE(Pipeline.SEQUENTIAL);

    private final Pipeline pipeline;

    PipelineName(Pipeline pipeline) {
      this.pipeline = pipeline;
    }
  }

  /** How often data runs through the model. */
  Pipeline pipeline() {
    return pipeline.map(name -> name.pipeline).orElse(Pipeline.SEQUENTIAL);
  }
}
