/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What codes are read with: a scale for all that shares one, and a zero point (a whole number, in
 * the same type and shape) where the scheme has one. Scales of groups may be relative to a global
 * scale, by which they are to be divided.
 *
 * <p>The shape follows the strategy: [rows, groups], [block rows, block columns], or [1].
 */
public record QuantizationParameters(
    Tensor scale_RG, Optional<Tensor> zeroPoint_RG, Optional<Tensor> globalScale) {

  public QuantizationParameters(Tensor scale_RG, Optional<Tensor> zeroPoint_RG) {
    this(scale_RG, zeroPoint_RG, Optional.empty());
  }

  /** The scale that values are divided by. Lies in the innermost scope. */
  Tensor effectiveScale() {
    return globalScale.map(global -> Tensors.to(scale_RG, DType.F32).div(global)).orElse(scale_RG);
  }
}
