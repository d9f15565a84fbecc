/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import java.util.List;
import java.util.Optional;

/**
 * A named group of methods.
 *
 * @param quantize the section of ModelOpt's dialect that the methods come from, imports resolved
 */
public record Stage(
    String name, RunType runType, List<Modifier> modifiers, Optional<Json.Obj> quantize) {
  /** The name of a stage that has none. */
  public static final String DEFAULT = "default";

  /** Whether a stage compresses at once, or while a model is trained. */
  public enum RunType {
    ONESHOT,
    TRAIN
  }

  public Stage {
    modifiers = List.copyOf(modifiers);
  }

  static Stage of(String name, List<Modifier> modifiers) {
    return new Stage(name, RunType.ONESHOT, modifiers, Optional.empty());
  }
}
