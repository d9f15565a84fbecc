/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.WeightFormat;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A weight that is stored in codes.
 *
 * @param parts the stored tensors by suffix, as matrices where they have rows
 * @param lines which rows of the tensors are the weight's
 */
public record CompressedWeight(
    Map<String, TensorEntry> parts,
    Lines lines,
    WeightFormat format,
    QuantizationArgs args,
    Shape shape,
    DType dtype)
    implements WeightSource {

  public CompressedWeight {
    parts = Map.copyOf(parts);
  }

  @Override
  public long rowBlock() {
    return CompressionFormat.rowBlock(args);
  }

  @Override
  public Tensor rows(TensorReader reader, long first, long count) throws IOException {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = new HashMap<>();
      for (Part part : format.parts(shape, dtype, args)) {
        TensorEntry entry = parts.get(part.suffix());
        tensors.put(part.suffix(), read(reader, part, entry, first, count));
      }
      var weight = format.open(tensors, count, columns(), args);
      Tensor decoded_RC = new Quantizer(args).decode(weight);
      return scope.keep(Tensors.to(decoded_RC, dtype).contiguous());
    }
  }

  private Tensor read(TensorReader reader, Part part, TensorEntry entry, long first, long count)
      throws IOException {
    if (part.rows().isWhole()) {
      return reader.read(entry);
    }
    long from = part.rows().at(first);
    long rows = part.rows().at(first + count) - from;
    return lines.read(reader, entry, from, rows);
  }
}
