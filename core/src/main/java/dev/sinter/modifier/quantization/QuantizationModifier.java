/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import java.util.List;
import java.util.Optional;

/**
 * Quantizes weights by rounding to the nearest code.
 *
 * @param missing what this version lacks to find scales as the recipe asks
 */
public record QuantizationModifier(Targets targets, Json.Obj settings, List<String> missing)
    implements Modifier {
  static final String NAME = "QuantizationModifier";

  public QuantizationModifier {
    missing = List.copyOf(missing);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Solver> solver() {
    return Optional.of(new RoundToNearest());
  }
}
