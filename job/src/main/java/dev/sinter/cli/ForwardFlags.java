/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.forward.EvaluationRequest;
import dev.sinter.problem.Problems;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags of commands that run models and write no checkpoint. */
final class ForwardFlags extends ClusterFlags {
  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = Precision.Converter.class,
      description =
          "The type to compute in: bf16, fp16, fp32, or auto for that of the checkpoint (the default).")
  private Optional<Precision> dtype = Optional.empty();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Sequences in a micro-batch (default: ${DEFAULT-VALUE}).")
  private int batchSize = 8;

  @Option(
      names = "--slices",
      paramLabel = "N",
      description =
          "Into how many slices the data are cut; a slice is a task (default: ${DEFAULT-VALUE}).")
  private int slices = 16;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description =
          "Where activations are kept on their way: a folder that all executors reach. Needed unless Spark runs on this machine alone.")
  private Optional<String> workspace = Optional.empty();

  /** Where activations are kept; closing it removes what was made for it. */
  Scratch scratch() throws IOException {
    return Scratch.of(workspace, master);
  }

  @Override
  void check(Problems problems) {
    super.check(problems);
    WholeNumbers.requirePositive("--batch-size", batchSize, problems);
    WholeNumbers.requirePositive("--slices", slices, problems);
  }

  EvaluationRequest.Settings settings() {
    return new EvaluationRequest.Settings(
        dtype.flatMap(Precision::type), slices, batchSize, threads);
  }
}
