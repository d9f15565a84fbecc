/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.tensor.DType;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A type of numbers, or none for that of the checkpoint. */
record Precision(Optional<DType> type) {

  /** What people call a type that models are run in. */
  static String name(DType type) {
    return switch (type) {
      case F32 -> "fp32";
      case F16 -> "fp16";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }

  /** Types by the names that people give them. */
  static final class Converter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String name) {
      return new Precision(
          switch (name.toLowerCase(Locale.ROOT)) {
            case "auto" -> Optional.empty();
            case "bf16", "bfloat16" -> Optional.of(DType.BF16);
            case "fp16", "float16", "half" -> Optional.of(DType.F16);
            case "fp32", "float32", "float" -> Optional.of(DType.F32);
            default -> throw new TypeConversionException("one of auto, bf16, fp16, fp32");
          });
    }
  }
}
