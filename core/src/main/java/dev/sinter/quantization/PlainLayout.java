/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Codes of eight bits in the place of the weight. */
final class PlainLayout implements CompressionFormat.Layout {

  @Override
  public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(WEIGHT, new Codes(args).storage(), shape, Rows.SAME));
    parts.addAll(ParameterParts.parts(shape, dtype, args));
    if (args.actorder() == ActivationOrder.GROUP) {
      parts.add(ParameterParts.groupIndex(shape));
    }
    return parts;
  }

  @Override
  public Map<String, Tensor> compress(QuantizedWeight weight, Shape whole, QuantizationArgs args) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(WEIGHT, weight.codes_RC());
    ParameterParts.store(weight.parameters(), args, tensors);
    weight
        .groupOfColumn_C()
        .ifPresent(
            groups -> tensors.put(ParameterParts.GROUP_INDEX, Tensors.to(groups, DType.I32)));
    return tensors;
  }

  @Override
  public QuantizedWeight open(
      Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args) {
    return new QuantizedWeight(
        tensors.get(WEIGHT),
        ParameterParts.load(tensors, args),
        Optional.ofNullable(tensors.get(ParameterParts.GROUP_INDEX)));
  }
}
