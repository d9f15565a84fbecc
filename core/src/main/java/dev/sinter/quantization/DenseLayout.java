/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The weight as its codes stand for it, in its own type, and the parameters: rounding it again with
 * them gives the codes.
 */
final class DenseLayout implements CompressionFormat.Layout {

  @Override
  public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(WEIGHT, dtype, shape, Rows.SAME));
    parts.addAll(ParameterParts.parts(shape, dtype, args));
    return parts;
  }

  @Override
  public Map<String, Tensor> compress(QuantizedWeight weight, Shape whole, QuantizationArgs args) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(WEIGHT, new Quantizer(args).decode(weight));
    ParameterParts.store(weight.parameters(), args, tensors);
    return tensors;
  }

  @Override
  public QuantizedWeight open(
      Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args) {
    QuantizationParameters parameters = ParameterParts.load(tensors, args);
    Tensor codes_RC =
        new Quantizer(args)
            .encode(
                Tensors.to(tensors.get(WEIGHT), Tensors.dtype(parameters.scale_RG())), parameters);
    return new QuantizedWeight(codes_RC, parameters, Optional.empty());
  }
}
