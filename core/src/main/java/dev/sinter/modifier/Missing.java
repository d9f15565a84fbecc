/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationScheme;
import java.util.ArrayList;
import java.util.List;

/** What schemes need that this version does not do yet. */
public final class Missing {
  private Missing() {}

  /** What a scheme needs, in words that follow the scheme's name. */
  public static List<String> of(QuantizationScheme scheme) {
    List<String> missing = new ArrayList<>();
    if (scheme.inputs().needsRanges()) {
      missing.add(
          "inputs quantized by ranges that calibration finds (schemes such as FP8_DYNAMIC find"
              + " them when the model runs)");
    }
    if (!(scheme.outputs() instanceof QuantizationScheme.Activations.Full)) {
      missing.add("quantized outputs");
    }
    if (scheme.weights().observer().needsCalibration()) {
      missing.add(
          "the observer " + scheme.weights().observer().name() + ", which weighs by calibration");
    }
    return missing;
  }
}
