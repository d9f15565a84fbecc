/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.data.CalibrationSamples;
import dev.sinter.data.TokenizerSource;
import dev.sinter.dataset.Datasets;
import dev.sinter.dataset.OpenDataset;
import dev.sinter.engine.SparkEngine;
import dev.sinter.json.Json;
import dev.sinter.metrics.ConsoleProgress;
import dev.sinter.pipeline.Oneshot;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.OneshotRequest.Leftovers;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.pipeline.Outcome;
import dev.sinter.problem.Problems;
import dev.sinter.recipe.Recipe;
import dev.sinter.session.SampleSource;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

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
final class OneshotCommand implements Callable<Integer>, Checked {
  private final PrintStream out;
  private final PrintStream err;

  @Spec private CommandSpec command;

  @Mixin private ModelFlags model;

  @Mixin private OutputFlags result;

  @Mixin JobFile.Flag file;

  @ArgGroup(
      validate = false,
      heading = "%nWhat to do: a recipe, or a scheme for rounding to nearest%n")
  private final RecipeFlags what = new RecipeFlags();

  @ArgGroup(validate = false, heading = "%nCalibration data%n")
  private final DataFlags data = new DataFlags();

  @ArgGroup(validate = false, heading = "%nHow the model is calibrated%n")
  private final SequentialFlags sequential = new SequentialFlags();

  @ArgGroup(validate = false, heading = "%nHow to run%n")
  private final RunFlags how = new RunFlags();

  OneshotCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    PeerFlags.sayVariables(System.getenv(), err);
    Problems problems = new Problems();
    check(problems);
    problems.throwIfAny();
    try (SparkContexts spark = new SparkContexts(how.master, err)) {
      OneshotRequest request = request(spark);
      Outcomes outcomes = new Outcomes(out, err, result.directory);
      Outcome outcome =
          Oneshot.run(request, () -> new SparkEngine(spark.get()), ConsoleProgress.on(err));
      outcomes.report(outcome, (System.nanoTime() - start) / 1e9);
    }
    return 0;
  }

  @Override
  public void check(Problems problems) {
    data.check(problems);
    DataSettings.of(dataFlags(), problems);
    how.check(problems);
    model.check(problems);
    new RecipeChoice(what).check(problems);
  }

  private OneshotRequest request(SparkContexts spark) throws IOException {
    Recipe recipe = what.recipe(err);
    requirePipeline(recipe);
    Json.Obj given = new DataSettings(err).merged(dataFlags(), recipe.dataset());
    CalibrationData calibration = CalibrationData.of(given, data.slices);
    if (!recipe.needsCalibration()) {
      new DataSettings(err).sayNeedless(data.given(sequential));
    }
    String location = model.location(err);
    Optional<String> tokenizer = model.tokenizerLocation(err);
    Optional<SampleSource> samples =
        recipe.needsCalibration()
            ? samples(calibration, tokenizer.orElse(location), spark)
            : Optional.empty();
    Settings settings =
        new Settings(
            result.settings(what.form()).withTies(model.ties()),
            data.slices,
            calibration.collation().batchSize(),
            how.threads,
            data.checkpointInterval,
            SequentialFlags.traversal(given).with(what.pipeline()),
            what.strictness(),
            how.clean ? Leftovers.CLEAN : Leftovers.RESUME);
    return new OneshotRequest(
            location,
            result.directory,
            OneshotRequest.workspace(result.directory, how.workspace),
            recipe,
            samples,
            settings)
        .withTokenizer(tokenizer);
  }

  private Map<String, Object> dataFlags() {
    Map<String, Object> flags = data.given(sequential);
    flags.putAll(PeerDataFlags.given(command));
    return flags;
  }

  private Optional<SampleSource> samples(
      CalibrationData calibration, String tokenizer, SparkContexts spark) throws IOException {
    if (calibration.dataset().isEmpty()) {
      return Optional.empty();
    }
    Datasets datasets =
        new Datasets(
            spark::get, () -> model.datasets(err), found -> err.println("sinter: " + found));
    OpenDataset dataset = datasets.open(calibration.dataset().get());
    return Optional.of(
        new CalibrationSamples(
            spark::get,
            dataset,
            calibration.content(),
            new TokenizerSource(FileStores.at(tokenizer)),
            calibration.sampling(),
            calibration.collation()));
  }

  private void requirePipeline(Recipe recipe) {
    Problems problems = new Problems();
    what.pipeline.ifPresent(
        name -> {
          if (name == RecipeFlags.PipelineName.DATAFREE && recipe.needsCalibration()) {
            problems.add(
                "--pipeline datafree runs no data through the model, and the recipe needs calibration");
          }
          if (name != RecipeFlags.PipelineName.DATAFREE && !recipe.needsCalibration()) {
            err.println(
                "sinter: the recipe needs no data; it runs data-free, whatever --pipeline says");
          }
        });
    problems.throwIfAny();
  }
}
