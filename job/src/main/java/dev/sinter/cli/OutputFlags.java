/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.tensor.DType;
import java.util.Locale;
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
      converter = Types.class,
      description =
          "The type of dense weights: bf16, fp16, fp32, or auto for that of the checkpoint.")
  Optional<Precision> dtype = Optional.empty();

  /** A type, or none for that of the checkpoint. */
  record Precision(Optional<DType> type) {}

  /** Types by the names that people give them. */
  static final class Types implements picocli.CommandLine.ITypeConverter<Precision> {
    @Override
    public Precision convert(String name) {
      return new Precision(
          switch (name.toLowerCase(Locale.ROOT)) {
            case "auto" -> Optional.empty();
            case "bf16", "bfloat16" -> Optional.of(DType.BF16);
            case "fp16", "float16", "half" -> Optional.of(DType.F16);
            case "fp32", "float32", "float" -> Optional.of(DType.F32);
            default ->
                throw new picocli.CommandLine.TypeConversionException(
                    "\"" + name + "\" is none of auto, bf16, fp16, fp32");
          });
    }
  }

  OutputSettings settings(Form form) {
    return new OutputSettings(
        maxShardSize.map(ByteSize::bytes), dtype.flatMap(Precision::type), form);
  }
}
