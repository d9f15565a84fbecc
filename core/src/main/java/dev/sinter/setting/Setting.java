/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.setting;

import dev.sinter.json.Json;

/**
 * One thing that may be set.
 *
 * @param standard what holds if it is not given; null where that is nothing
 * @param meaning what it does, in a sentence
 */
public record Setting(String name, Form form, Standing standing, Json standard, String meaning) {

  /** Whether a setting must be given, and whether it does anything. */
  public enum Standing {
    OPTIONAL,
    REQUIRED,
    /** Known from the peers, and without effect here: accepted, never offered. */
    WITHOUT_EFFECT
  }

  public static Setting of(String name, Form form, String meaning) {
    return new Setting(name, form, Standing.OPTIONAL, new Json.Null(), meaning);
  }

  /** What a peer knows and what makes no difference here. */
  public static Setting withoutEffect(String name) {
    return new Setting(
        name, new Form.Other("anything"), Standing.WITHOUT_EFFECT, new Json.Null(), "no effect");
  }

  /** What a peer knows and what has one value here. */
  public static Setting fixed(String name, Form.Fixed form) {
    return new Setting(name, form, Standing.WITHOUT_EFFECT, new Json.Null(), form.because());
  }

  /** The same setting with what holds if it is not given. */
  public Setting otherwise(Object value) {
    return new Setting(name, form, standing, Json.of(value), meaning);
  }

  /** The same setting, to be given. */
  public Setting required() {
    return new Setting(name, form, Standing.REQUIRED, standard, meaning);
  }

  boolean isOffered() {
    return standing != Standing.WITHOUT_EFFECT;
  }
}
