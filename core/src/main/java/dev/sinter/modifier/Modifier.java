/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.json.Json;
import java.util.List;
import java.util.Optional;

/** A method with its settings, as a recipe names it, and what it does as a session goes on. */
public interface Modifier extends LifecycleHooks {

  /** The name in recipes, such as GPTQModifier. */
  String name();

  /** Which modules it touches, and how they will be represented. */
  Targets targets();

  /** What turns weights into codes; nothing if the method does not quantize. */
  Optional<Solver> solver();

  /** What it smooths before weights are solved; nothing if it smooths nothing. */
  default Optional<Smoothing> smoothing() {
    return Optional.empty();
  }

  /** Every setting with its value, defaults included, as the written recipe states it. */
  Json.Obj settings();

  /** Whether the method needs the model to run on data, whatever its targets are. */
  default boolean needsCalibration() {
    return false;
  }

  /** What this version lacks to run it; nothing if it runs. */
  default List<String> missing() {
    return List.of();
  }
}
