/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** One byte for each code, under the weight's own name, and the scales beside it. */
final class PlainLayout implements CompressionFormat.Layout {

  @Override
  public List<TensorSpec> specs(TensorSpec weight, QuantizationArgs args) {
    long rows = weight.shape().dimension(0);
    long columns = weight.shape().dimension(1);
    DType codes = args.type() == Type.INT ? DType.I8 : DType.F8_E4M3;
    return List.of(
        new TensorSpec(weight.name(), codes, weight.shape()),
        new TensorSpec(
            weight.name() + "_scale",
            weight.dtype(),
            Shape.of(rows, columns / args.groupColumns(columns))));
  }

  @Override
  public Map<String, Tensor> compress(QuantizedWeight weight, QuantizationArgs args) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("weight", weight.codes_RC());
    tensors.put("weight_scale", weight.parameters().scale_RG());
    return tensors;
  }

  @Override
  public QuantizedWeight open(Map<String, Tensor> tensors, QuantizationArgs args) {
    return new QuantizedWeight(
        tensors.get("weight"),
        new QuantizationParameters(tensors.get("weight_scale"), Optional.empty()),
        Optional.empty());
  }
}
