/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A weight in codes, and figures about the solve, by name ("loss", "dead_columns"). */
public record Solution(QuantizedWeight weight, Map<String, Double> figures) {
  /**
   * The figure that tells by how much a Hessian had to be damped, where that is more than was asked
   * for.
   */
  public static final String RAISED_DAMPENING = "raised_dampening";

  /** The figure that tells of an input that was never seen, and so says nothing of the weight. */
  public static final String UNSEEN_INPUT = "unseen_input";

  /** Each value of a weight that is there whole to its nearest code. In the innermost scope. */
  public static Solution toNearest(ModuleWeight weight) {
    Quantizer quantizer = new Quantizer(weight.args());
    // The survey is of the values as they were; those that share a global scale are in it, too.
    QuantizationParameters parameters = quantizer.observeWhole(weight.weight_RC(), weight.survey());
    Tensor codes_RC = quantizer.encode(weight.weight_RC(), parameters);
    return new Solution(new QuantizedWeight(codes_RC, parameters, Optional.empty()), Map.of());
  }
}
