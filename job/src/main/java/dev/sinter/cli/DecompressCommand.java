/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.engine.SparkEngine;
import dev.sinter.metrics.ConsoleProgress;
import dev.sinter.pipeline.Oneshot;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.OneshotRequest.Leftovers;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.pipeline.Outcome;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.problem.Problems;
import dev.sinter.recipe.Recipe;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Writes a checkpoint whose weights are in codes as a dense one. */
@Command(
    name = "decompress",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Makes a quantized checkpoint dense: compressed-tensors in any format, DeepSeek's FP8, GPT-OSS's MXFP4, ModelOpt's FP8, MXFP8 and NVFP4.")
final class DecompressCommand implements Callable<Integer>, Checked {
  private final PrintStream out;
  private final PrintStream err;

  @Mixin private ModelFlags model;

  @Mixin private OutputFlags result;

  @Mixin JobFile.Flag file;

  @ArgGroup(validate = false, heading = "%nHow to run%n")
  private final RunFlags how = new RunFlags();

  DecompressCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Problems problems = new Problems();
    check(problems);
    problems.throwIfAny();
    Settings settings =
        Settings.DEFAULT
            .withOutput(result.settings(Form.COMPRESSED).withTies(model.ties()))
            .withLeftovers(how.clean ? Leftovers.CLEAN : Leftovers.RESUME);
    OneshotRequest request =
        new OneshotRequest(
                model.location(err),
                result.directory,
                OneshotRequest.workspace(result.directory, how.workspace),
                Recipe.EMPTY,
                Optional.empty(),
                settings)
            .withTokenizer(model.tokenizerLocation(err));
    Outcomes outcomes = new Outcomes(out, err, result.directory);
    try (SparkContexts spark = new SparkContexts(how.master, err)) {
      Outcome outcome =
          Oneshot.run(request, () -> new SparkEngine(spark.get()), ConsoleProgress.on(err));
      outcomes.report(outcome, (System.nanoTime() - start) / 1e9);
    }
    return 0;
  }

  @Override
  public void check(Problems problems) {
    how.check(problems);
  }
}
