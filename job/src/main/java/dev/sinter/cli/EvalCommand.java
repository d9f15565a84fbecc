/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.data.EvaluationWindows;
import dev.sinter.data.TokenizerSource;
import dev.sinter.dataset.Datasets;
import dev.sinter.engine.SparkEngine;
import dev.sinter.forward.Evaluation;
import dev.sinter.forward.EvaluationRequest;
import dev.sinter.forward.EvaluationResult;
import dev.sinter.forward.ModelScore;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.metrics.ConsoleProgress;
import dev.sinter.problem.Problems;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures checkpoints on a text, side by side. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures the perplexity of checkpoints, dense or compressed, on a text, and how far each one's logits are from the first one's.",
    footer = {
      "",
      "Example: sinter eval --model DIR --model OUT --dataset eval.jsonl --max-seq-length 2048 --windows 100",
      "",
      "KL divergence (nats a token) and top-1 agreement compare with the first --model. Figures depend on the data, the settings and the instruction set, not on the cluster."
    })
final class EvalCommand implements Callable<Integer>, Checked {
  private final PrintStream out;
  private final PrintStream err;

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description =
          "A checkpoint, dense or compressed: a folder, local or s3a://, hdfs://, ..., or org/name of a hub. Give it several times to compare; the first is what others are compared with.")
  private List<String> models = new ArrayList<>();

  @Mixin private HubFlags hub;

  @Option(
      names = {"--tokenizer", "--processor"},
      paramLabel = "MODEL",
      description = "A folder whose tokenizer is taken in place of the first model's.")
  private Optional<String> tokenizer = Optional.empty();

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nText%n")
  private final WindowFlags text = new WindowFlags();

  @ArgGroup(validate = false, heading = "%nHow to run%n")
  private final ForwardFlags how = new ForwardFlags();

  @Mixin JobFile.Flag file;

  EvalCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    Problems problems = new Problems();
    check(problems);
    problems.throwIfAny();
    long start = System.nanoTime();
    try (SparkContexts spark = new SparkContexts(how.master, err);
        Scratch scratch = how.scratch()) {
      List<String> locations = new ArrayList<>();
      for (String model : models) {
        locations.add(hub.checkpoint(model, command, err));
      }
      EvaluationWindows windows = windows(spark, locations.get(0));
      EvaluationResult result =
          Evaluation.run(
              new EvaluationRequest(locations, windows, scratch.location(), how.settings()),
              () -> new SparkEngine(spark.get()),
              ConsoleProgress.on(err));
      report(result, windows, (System.nanoTime() - start) / 1e9);
    }
    return 0;
  }

  @Override
  public void check(Problems problems) {
    how.check(problems);
    text.check(problems);
  }

  private EvaluationWindows windows(SparkContexts spark, String first) throws IOException {
    Json.Obj settings = new DataSettings(err).merged(text.given(), Json.object());
    String from = tokenizer.isPresent() ? hub.smallFiles(tokenizer.get(), err) : first;
    Datasets datasets =
        new Datasets(
            spark::get, () -> hub.datasets(command, err), told -> err.println("sinter: " + told));
    return new EvaluationWindows(
        spark::get,
        datasets.open(CalibrationData.dataset(settings).orElseThrow()),
        CalibrationData.content(settings),
        new TokenizerSource(FileStores.at(from)),
        text.cut());
  }

  private void report(EvaluationResult result, EvaluationWindows windows, double seconds) {
    windows.notices().forEach(notice -> err.println("sinter: note: " + notice));
    if (json) {
      out.println(
          JsonWriter.compact(
              Json.object(
                  "protocol",
                  windows.protocol(),
                  "seconds",
                  Math.round(seconds * 1000) / 1000.0,
                  "score_seconds",
                  Math.round(result.scoreSeconds() * 1000) / 1000.0,
                  "models",
                  result.models().stream().map(ModelScore::json).toList())));
      return;
    }
    out.println(windows.protocol());
    out.println();
    out.printf(
        Locale.ROOT, "%12s %14s %10s  %s%n", "perplexity", "KL divergence", "top-1", "model");
    for (ModelScore score : result.models()) {
      out.printf(
          Locale.ROOT,
          "%12.4f %14.6f %9.2f%%  %s (%s)%n",
          score.perplexity(),
          score.divergence(),
          100 * score.agreement(),
          score.model(),
          Precision.name(score.dtype()));
    }
  }
}
