/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A weight in codes: int8 or float8, [rows, columns], with their parameters. Where columns were put
 * into groups out of order, groupOfColumn_C says which group each belongs to.
 */
public record QuantizedWeight(
    Tensor codes_RC, QuantizationParameters parameters, Optional<Tensor> groupOfColumn_C) {}
