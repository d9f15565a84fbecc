/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.quantization.Patterns;
import dev.sinter.modifier.smoothing.MappingRule;
import dev.sinter.modifier.smoothing.MappingRules;
import dev.sinter.modifier.smoothing.MappingRules.Shape;
import dev.sinter.modifier.smoothing.PairSettings;
import dev.sinter.modifier.smoothing.PairSettings.Producers;
import dev.sinter.modifier.smoothing.SmoothingModifier;
import dev.sinter.modifier.smoothing.SmoothingSettings;
import dev.sinter.modifier.smoothquant.SmoothQuantSmoother.Algorithm;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The settings under both of the method's names. */
final class SmoothQuantSettings {
  static final String ALGORITHM = "algorithm";
  private static final String STRENGTH = "smoothing_strength";

  private SmoothQuantSettings() {}

  static SettingTable table(String name, Algorithm standard) {
    return SmoothingSettings.table(
        name,
        List.of(
            Setting.of(
                    STRENGTH,
                    Form.Real.FRACTION,
                    "How much of an input's outliers moves into the weights")
                .otherwise(0.5),
            MappingRules.setting(Shape.BALANCED_FIRST),
            Setting.of(
                    SmoothingSettings.IGNORE,
                    Form.texts(),
                    "What stays as it is: a norm with all that reads it")
                .otherwise(List.of()),
            Setting.of(
                    ALGORITHM,
                    Form.word(word(Algorithm.SMOOTHQUANT), word(Algorithm.LOG_EQUALIZATION)),
                    "How the scales are found")
                .otherwise(word(standard)),
            Setting.withoutEffect("num_calibration_steps"),
            Setting.withoutEffect("calibration_function")));
  }

  static String word(Algorithm algorithm) {
    return algorithm.name().toLowerCase(Locale.ROOT);
  }

  static Optional<Modifier> read(Settings settings) {
    Optional<List<MappingRule>> mappings = MappingRules.read(settings, Shape.BALANCED_FIRST);
    Patterns.check(settings, SmoothingSettings.IGNORE);
    if (!settings.isSound()) {
      return Optional.empty();
    }
    PairSettings pairs =
        new PairSettings(
            Producers.NORMS,
            mappings,
            List.of(),
            settings.texts(SmoothingSettings.IGNORE).orElseThrow());
    SmoothQuantSmoother smoother =
        new SmoothQuantSmoother(
            Algorithm.valueOf(settings.text(ALGORITHM).orElseThrow().toUpperCase(Locale.ROOT)),
            settings.number(STRENGTH));
    return Optional.of(
        new SmoothingModifier(
            settings.table().owner(), settings.complete(), pairs.targets(), pairs, smoother));
  }
}
