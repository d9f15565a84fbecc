/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.smoothquant.SmoothQuantSmoother.Algorithm;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.Locale;
import java.util.Optional;

/** An older name for the SmoothQuantModifier with the algorithm log_equalization. */
public final class LogarithmicEqualizationModifierFactory implements ModifierFactory {
  private static final String NAME = "LogarithmicEqualizationModifier";
  private static final SettingTable TABLE =
      SmoothQuantSettings.table(NAME, Algorithm.LOG_EQUALIZATION);

  @Override
  public SettingTable table() {
    return TABLE;
  }

  @Override
  public String meaning() {
    return "Scales inputs by the logarithm of their range (arXiv 2308.15987)";
  }

  @Override
  public Optional<Modifier> create(Settings settings) {
    String algorithm =
        settings.text(SmoothQuantSettings.ALGORITHM).orElseThrow().toLowerCase(Locale.ROOT);
    if (!algorithm.equals(SmoothQuantSettings.word(Algorithm.LOG_EQUALIZATION))) {
      settings.problem(
          SmoothQuantSettings.ALGORITHM,
          NAME
              + " means algorithm log_equalization; for "
              + algorithm
              + " write "
              + SmoothQuantModifierFactory.NAME);
    }
    return SmoothQuantSettings.read(settings);
  }
}
