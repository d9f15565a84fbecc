/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.Optional;

/**
 * Makes a method from its settings; found by ServiceLoader, so that a jar on the class path adds a
 * method.
 */
public interface ModifierFactory {

  /** The settings that there are; their owner is the name in recipes. */
  SettingTable table();

  /** What the method does, in a sentence. */
  String meaning();

  /**
   * The method, or nothing when the settings have problems, which they collect. Those that have one
   * read as not given; what is made of them is not taken.
   */
  Optional<Modifier> create(Settings settings);
}
