/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.data.JsonLinesSamples;
import dev.sinter.data.JsonLinesSamples.Order;
import dev.sinter.data.JsonLinesSamples.Selection;
import dev.sinter.engine.SparkEngine;
import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.pipeline.Oneshot;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.OneshotRequest.Leftovers;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.pipeline.OneshotRequest.Strictness;
import dev.sinter.pipeline.Outcome;
import dev.sinter.pipeline.SampleSource;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.problem.Problems;
import dev.sinter.recipe.Recipe;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compresses a checkpoint in one go, with calibration data if the recipe needs any. */
@Command(
    name = "oneshot",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Names of the peers are understood: --pyt_ckpt_path, --export_path, --qformat, --calib_size, --calib_seq, --precision, and underscores for hyphens in all flags."
    },
    description =
        "Compresses a checkpoint: quantizes its weights, with calibration data if the recipe needs any.")
final class OneshotCommand implements Callable<Integer> {
  private static final String HEAD = "lm_head";

  private final PrintStream out;
  private final PrintStream err;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The Hugging Face checkpoint: a folder, local or s3a://, hdfs://, ...")
  private String model;

  @Mixin private OutputFlags result;

  @ArgGroup(
      validate = false,
      heading = "%nWhat to do: a recipe, or a scheme for rounding to nearest%n")
  private final RecipeFlags what = new RecipeFlags();

  @ArgGroup(validate = false, heading = "%nCalibration data%n")
  private final DataFlags data = new DataFlags();

  @ArgGroup(validate = false, heading = "%nHow to run%n")
  private final RunFlags how = new RunFlags();

  OneshotCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    requirePositive();
    try (SparkContexts spark = new SparkContexts(how.master, err)) {
      OneshotRequest request = request(spark);
      Outcomes outcomes = new Outcomes(out, err, result.directory);
      Outcome outcome =
          Oneshot.run(request, () -> new SparkEngine(spark.get()), outcomes.progress());
      outcomes.report(outcome, (System.nanoTime() - start) / 1e9);
    }
    return 0;
  }

  private void requirePositive() {
    Problems problems = new Problems();
    Map<String, Integer> numbers = new LinkedHashMap<>();
    numbers.put("--num-calibration-samples", data.samples);
    numbers.put("--max-seq-length", data.maxLength.orElse(1));
    numbers.put("--batch-size", data.batchSize);
    numbers.put("--slices", data.slices);
    numbers.put("--task-threads", how.threads);
    numbers.put("--save-activations-every", data.checkpointInterval);
    numbers.forEach(
        (flag, value) -> {
          if (value < 1) {
            problems.add(flag + " must be at least 1, not " + value);
          }
        });
    long ways =
        Stream.of(what.recipe, what.scheme, what.qformat).filter(Optional::isPresent).count();
    if (ways != 1) {
      problems.add(
          ways > 1
              ? "--recipe, --scheme and --qformat all say what to do; give one of them"
              : "Say what to do: give --recipe oneshot/w4a16-gptq or another recipe, or --scheme W4A16 or another scheme");
    }
    if (what.recipe.isPresent() && !(what.targets.isEmpty() && what.ignore.isEmpty())) {
      problems.add(
          "--targets and --ignore go with --scheme; a recipe says itself what it touches. Change the recipe");
    }
    problems.throwIfAny();
  }

  private OneshotRequest request(SparkContexts spark) throws IOException {
    Recipe recipe = recipe();
    requirePipeline(recipe);
    Optional<SampleSource> samples =
        data.dataset.map(location -> new JsonLinesSamples(spark::get, location, selection()));
    if (samples.isPresent() && !recipe.needsCalibration()) {
      err.println("sinter: the recipe needs no data; --dataset is not read");
      samples = Optional.empty();
    }
    Settings settings =
        new Settings(
            result.settings(what.saveCompressed ? Form.COMPRESSED : Form.DENSE),
            data.slices,
            data.batchSize,
            how.threads,
            data.checkpointInterval,
            what.strict ? Strictness.STRICT : Strictness.LENIENT,
            how.clean ? Leftovers.CLEAN : Leftovers.RESUME);
    return new OneshotRequest(
        model,
        result.directory,
        OneshotRequest.workspace(result.directory, how.workspace),
        recipe,
        samples,
        settings);
  }

  private Recipe recipe() throws IOException {
    if (what.recipe.isPresent()) {
      return RecipeLibrary.load(what.recipe.get());
    }
    Map<String, Json> settings = new LinkedHashMap<>();
    if (!what.targets.isEmpty()) {
      settings.put("targets", Json.of(what.targets));
    }
    List<String> ignore = new ArrayList<>(what.ignore);
    if (what.qformat.isPresent() && !ignore.contains(HEAD)) {
      ignore.add(HEAD);
    }
    settings.put("ignore", Json.of(ignore));
    settings.put(
        "scheme",
        Json.of(what.scheme.or(() -> what.qformat.map(QuantizationFormats::scheme)).orElseThrow()));
    return Recipe.of(new ModifierRegistry().create("QuantizationModifier", settings));
  }

  private void requirePipeline(Recipe recipe) {
    Problems problems = new Problems();
    what.pipeline.ifPresent(
        name -> {
          if (name == RecipeFlags.PipelineName.DATAFREE && recipe.needsCalibration()) {
            problems.add(
                "--pipeline datafree runs no data through the model, and the recipe needs calibration");
          }
          if (name == RecipeFlags.PipelineName.INDEPENDENT && recipe.modifiers().size() > 1) {
            problems.add(
                "--pipeline independent calibrates for each modifier alone, which this version does for a single modifier only");
          }
          if (name != RecipeFlags.PipelineName.DATAFREE && !recipe.needsCalibration()) {
            err.println(
                "sinter: the recipe needs no data; it runs data-free, whatever --pipeline says");
          }
        });
    problems.throwIfAny();
  }

  private Selection selection() {
    Order order = data.unshuffled ? Order.FILE : Order.SHUFFLED;
    return new Selection(order, data.samples, data.maxLength.orElse(Integer.MAX_VALUE), data.seed);
  }
}
