/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How the range of values that codes must cover is found, by its name in compressed-tensors, and
 * the settings that were given for it.
 */
public record Observer(String name, Json.Obj settings) implements Serializable {
  /** Ranges that are found when the model runs need no observer. */
  public static final Observer NONE = new Observer("", new Json.Obj(Map.of()));

  /** The smallest and the largest value. */
  public static final Observer MIN_MAX = named("memoryless_minmax");

  private static final String SET = "constant_amax";
  private static final String SET_RANGE = "amax";

  /** The observer of that name, with its default settings. */
  public static Observer named(String name) {
    return new Observer(name.toLowerCase(Locale.ROOT).replace('-', '_'), new Json.Obj(Map.of()));
  }

  /** The observer of that name as weights have it; problems are told. */
  public static Observer ofWeights(String name, Consumer<String> problem) {
    return WeightObservers.resolve(named(name), problem);
  }

  /** The observer of that name as inputs, outputs and caches have it; problems are told. */
  public static Observer ofActivations(String name, Consumer<String> problem) {
    return ActivationObservers.resolve(named(name), problem);
  }

  /** No observer: the range reaches so far above zero and below. */
  public static Observer set(double magnitude) {
    return new Observer(SET, Json.object(SET_RANGE, magnitude));
  }

  /** The range that is set instead of looked for. */
  Optional<Double> setRange() {
    return name.equals(SET)
        ? settings.member(SET_RANGE).map(value -> ((Json.Num) value).asDouble())
        : Optional.empty();
  }

  /** Whether ranges of a weight are found by what calibration knows of its input. */
  public boolean needsCalibration() {
    return name.equals(WeightObservers.IMATRIX);
  }

  Json json() {
    return Json.of(name.isEmpty() ? null : name);
  }
}
