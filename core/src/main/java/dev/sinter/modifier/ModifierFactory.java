/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import java.util.Optional;

/**
 * Makes a method from its settings; found by ServiceLoader, so that a jar on the class path adds a
 * method.
 */
public interface ModifierFactory {

  /** The name in recipes. */
  String name();

  /** The method, or nothing when the settings have problems, which they collect. */
  Optional<Modifier> create(Settings settings);
}
