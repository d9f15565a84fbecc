/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationArgs;
import org.bytedeco.pytorch.Tensor;

/** A module's weight, or a block of its rows, and how it will be represented. */
public record ModuleWeight(String module, Tensor weight_RC, QuantizationArgs args) {}
