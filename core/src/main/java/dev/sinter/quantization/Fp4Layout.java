/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Codes of four bits, two in a byte. */
final class Fp4Layout implements CompressionFormat.Layout {
  private static final String PACKED = "weight_packed";

  @Override
  public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    List<Part> parts = new ArrayList<>();
    Shape packed = Shape.of(shape.dimension(0), shape.dimension(1) / 2);
    parts.add(new Part(PACKED, DType.U8, packed, Rows.SAME));
    parts.addAll(ParameterParts.parts(shape, dtype, args));
    return parts;
  }

  @Override
  public Map<String, Tensor> compress(QuantizedWeight weight, Shape whole, QuantizationArgs args) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(PACKED, Fp4.pack(weight.codes_RC()));
    ParameterParts.store(weight.parameters(), args, tensors);
    return tensors;
  }

  @Override
  public QuantizedWeight open(
      Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args) {
    return new QuantizedWeight(
        Fp4.unpack(tensors.get(PACKED)), ParameterParts.load(tensors, args), Optional.empty());
  }
}
