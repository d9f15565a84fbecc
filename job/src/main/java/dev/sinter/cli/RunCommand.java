/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.FileLocation;
import dev.sinter.engine.SparkEngine;
import dev.sinter.forward.HiddenStates;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.metrics.ConsoleProgress;
import dev.sinter.problem.Problems;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a model, so that what it computes can be compared with another implementation. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs token ids through a model, dense or compressed, and writes its logits and the hidden states between its layers.",
    footer = {
      "",
      "The output holds hidden_0 (behind the embedding), hidden_i (behind layer i; the last one behind the final norm) and logits, each [sequences, tokens, .], as Transformers computes them with output_hidden_states."
    })
final class RunCommand implements Callable<Integer>, Checked {
  private final PrintStream out;
  private final PrintStream err;

  @Mixin private ModelFlags model;

  @Option(
      names = "--input-ids",
      required = true,
      paramLabel = "FILE",
      description = "A safetensors file with a tensor input_ids [sequences, tokens].")
  private String inputIds;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The safetensors file to write.")
  private String output;

  @ArgGroup(validate = false, heading = "%nHow to run%n")
  private final ForwardFlags how = new ForwardFlags();

  @Mixin JobFile.Flag file;

  RunCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    Problems problems = new Problems();
    check(problems);
    problems.throwIfAny();
    try (SparkContexts spark = new SparkContexts(how.master, err);
        Scratch scratch = how.scratch()) {
      HiddenStates.Request request =
          new HiddenStates.Request(
              model.location(err), inputIds, output, scratch.location(), how.settings());
      List<String> written =
          HiddenStates.run(request, () -> new SparkEngine(spark.get()), ConsoleProgress.on(err));
      out.println(
          JsonWriter.compact(
              Json.object(
                  "status",
                  "done",
                  "output",
                  FileLocation.of(output).location(),
                  "tensors",
                  written)));
    }
    return 0;
  }

  @Override
  public void check(Problems problems) {
    how.check(problems);
    model.checkRunOnly(problems);
  }
}
