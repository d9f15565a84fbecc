/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.OutputSettings.Form;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags about the form of a result. */
final class OutputFlags {
  @Option(
      names = "--output-dir",
      required = true,
      paramLabel = "DIR",
      description = "Where the checkpoint goes that is written: a new or empty folder.")
  String directory;

  @Option(
      names = "--max-shard-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "The largest tensor file. If not given, about a sixteenth of the output, from 128MiB to 2GiB: a file is a task.")
  Optional<ByteSize> maxShardSize = Optional.empty();

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = Precision.Converter.class,
      description =
          "The type of dense weights: bf16, fp16, fp32, or auto for that of the checkpoint.")
  Optional<Precision> dtype = Optional.empty();

  OutputSettings settings(Form form) {
    return new OutputSettings(
        maxShardSize.map(ByteSize::bytes), dtype.flatMap(Precision::type), form);
  }
}
