/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;

/** Quantizes weights by rounding to the nearest code. */
record QuantizationModifier(SchemeSettings shared) implements Modifier {
  static final String NAME = "QuantizationModifier";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Targets targets() {
    return shared.targets();
  }

  @Override
  public Solver solver() {
    return new RoundToNearest();
  }

  @Override
  public Json.Obj settings() {
    return shared.json();
  }
}
