/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.ActivationObserver;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Activations;
import java.util.ArrayList;
import java.util.List;

/** What schemes need that this version does not do yet. */
public final class Missing {
  private Missing() {}

  /** What a scheme needs, in words that follow the scheme's name. */
  public static List<String> of(QuantizationScheme scheme) {
    List<String> missing = new ArrayList<>();
    unfound("inputs", scheme.inputs(), missing);
    unfound("outputs", scheme.outputs(), missing);
    return missing;
  }

  private static void unfound(String what, Activations activations, List<String> missing) {
    if (activations instanceof Activations.Quantized quantized
        && quantized.args().dynamic() != Dynamic.YES
        && !ActivationObserver.isFound(quantized.args())) {
      missing.add(
          what
              + " that share scales by "
              + quantized.args().strategy().jsonName()
              + ", found by calibration (by tensor it is there, and for inputs in groups with"
              + " dynamic: local)");
    }
  }
}
