/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The weight as its codes stand for it, in its own type, and the parameters beside it. Clients make
 * a module with a zero point for this form, and so there is one even where it is zero.
 */
final class DenseLayout implements CompressionFormat.Layout {

  @Override
  public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(WEIGHT, dtype, shape, Rows.SAME));
    parts.addAll(ParameterParts.parts(shape, dtype, args));
    if (args.symmetric()) {
      Part scale = parts.get(1);
      parts.add(
          new Part(
              ParameterParts.ZERO_POINT, new Codes(args).storage(), scale.shape(), scale.rows()));
    }
    return parts;
  }

  @Override
  public Map<String, Tensor> compress(QuantizedWeight weight, Shape whole, QuantizationArgs args) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(WEIGHT, new Quantizer(args).decode(weight));
    ParameterParts.store(weight.parameters(), args, tensors);
    Shape scales = Tensors.shape(weight.parameters().scale_RG());
    tensors.computeIfAbsent(
        ParameterParts.ZERO_POINT, name -> Tensors.zeros(new Codes(args).storage(), scales));
    return tensors;
  }

  @Override
  public QuantizedWeight open(
      Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args) {
    throw new UnsupportedOperationException("A dense weight is read as it is");
  }
}
