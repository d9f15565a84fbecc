/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.quantization.ActivationObserver;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.weight.ActivationPoint;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * An activation that clients round by parameters which calibration finds: the input or the output
 * of a module, or what an attention module keeps.
 *
 * @param heads how many heads its channels are of
 * @param dtype the type of the activation, and of its scales
 */
public record ActivationPlan(ActivationPoint point, QuantizationArgs args, int heads, DType dtype)
    implements Serializable {

  /** Whether its range is set, so that nothing must be known of it. */
  public boolean isSet() {
    return args.setRange().isPresent();
  }

  /** What must be known of it. */
  public StatisticType statistic() {
    return args.headroom()
        .<StatisticType>map(StatisticType.Magnitudes::new)
        .orElseGet(() -> new StatisticType.Ranges(args, heads));
  }

  /** The parameters of a range that is set, by the names of their tensors. */
  public Map<String, Tensor> setParameters() {
    float range = args.setRange().orElseThrow().floatValue();
    // What is stored in fp32 has nothing to do with the type of the activation.
    DType type = args.dynamic() == Dynamic.LOCAL ? DType.F32 : dtype;
    Map<String, Tensor> named = new LinkedHashMap<>();
    observer()
        .parameters(List.of(new float[] {-range, range}), type)
        .forEach((suffix, tensor) -> named.put(point.tensor(suffix), tensor));
    return named;
  }

  /** What finds its parameters. */
  public ActivationObserver observer() {
    return new ActivationObserver(args, heads);
  }

  /** The tensors of its parameters, named in full. */
  public List<TensorSpec> outputs() {
    return observer().parts(dtype).stream()
        .map(part -> new TensorSpec(point.tensor(part.suffix()), part.dtype(), part.shape()))
        .toList();
  }
}
