/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What codes are read with: a scale for each group of each row, in the weight's type, and a zero
 * point (a whole number, in the same type) where the scheme has one. Shape [rows, groups] both.
 */
public record QuantizationParameters(Tensor scale_RG, Optional<Tensor> zeroPoint_RG) {}
