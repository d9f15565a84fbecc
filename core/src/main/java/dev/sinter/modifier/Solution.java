/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizedWeight;
import java.util.Map;

/** A weight in codes, and figures about the solve, by name ("loss", "dead_columns"). */
public record Solution(QuantizedWeight weight, Map<String, Double> figures) {
  /**
   * The figure that tells by how much a Hessian had to be damped, where that is more than was asked
   * for.
   */
  public static final String RAISED_DAMPENING = "raised_dampening";
}
