/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.json.Json;

/** A method with its settings, as a recipe names it. */
public interface Modifier {

  /** The name in recipes, such as GPTQModifier. */
  String name();

  /** Which modules it touches, and how they will be represented. */
  Targets targets();

  /** What turns weights into codes. */
  Solver solver();

  /** Every setting with its value, defaults included, as the written recipe states it. */
  Json.Obj settings();

  /** Whether the method needs the model to run on data. */
  default boolean needsCalibration() {
    return !solver().statistics().isEmpty();
  }
}
