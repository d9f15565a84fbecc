/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.quantization.ActivationObserver;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.weight.ActivationPoint;
import java.io.Serializable;
import java.util.List;

/**
 * An activation that clients round by parameters which calibration finds: the input or the output
 * of a module, or what an attention module keeps.
 *
 * @param heads how many heads its channels are of
 * @param dtype the type of the activation, and of its scales
 */
public record ActivationPlan(ActivationPoint point, QuantizationArgs args, int heads, DType dtype)
    implements Serializable {

  /** What must be known of it. */
  public StatisticType statistic() {
    return new StatisticType.Ranges(args, heads);
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
