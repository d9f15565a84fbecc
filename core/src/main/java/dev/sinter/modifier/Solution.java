/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizedWeight;
import java.util.Map;

/** A weight in codes, and figures about the solve, by name ("loss", "dead_columns"). */
public record Solution(QuantizedWeight weight, Map<String, Double> figures) {}
