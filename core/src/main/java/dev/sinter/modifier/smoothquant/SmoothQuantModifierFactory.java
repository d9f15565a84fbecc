/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.smoothquant.SmoothQuantSmoother.Algorithm;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.Optional;

/** Makes the SmoothQuantModifier. */
public final class SmoothQuantModifierFactory implements ModifierFactory {
  static final String NAME = "SmoothQuantModifier";
  private static final SettingTable TABLE = SmoothQuantSettings.table(NAME, Algorithm.SMOOTHQUANT);

  @Override
  public SettingTable table() {
    return TABLE;
  }

  @Override
  public String meaning() {
    return "Moves outliers of inputs into the weights (arXiv 2211.10438)";
  }

  @Override
  public Optional<Modifier> create(Settings settings) {
    return SmoothQuantSettings.read(settings);
  }
}
