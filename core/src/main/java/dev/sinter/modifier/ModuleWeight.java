/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Survey;
import org.bytedeco.pytorch.Tensor;

/**
 * A module's weight, or a block of its rows, how it will be represented, and what is known of the
 * whole weight where its rows are coupled.
 */
public record ModuleWeight(String module, Tensor weight_RC, QuantizationArgs args, Survey survey) {
  /** The same module with other values. */
  public ModuleWeight with(Tensor other_RC) {
    return new ModuleWeight(module, other_RC, args, survey);
  }
}
