/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.modifier.Modifier;
import java.util.List;

/** What is to be done to a model: methods with their settings, in order. */
public record Recipe(List<Modifier> modifiers) {
  public Recipe {
    modifiers = List.copyOf(modifiers);
  }

  public boolean needsCalibration() {
    return modifiers.stream().anyMatch(Modifier::needsCalibration);
  }
}
