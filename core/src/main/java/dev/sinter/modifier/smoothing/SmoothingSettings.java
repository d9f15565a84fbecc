/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import java.util.List;

/** What the tables of smoothing methods have in common. */
public final class SmoothingSettings {
  public static final String TARGETS = "targets";
  public static final String IGNORE = "ignore";

  private static final String NO_SCHEME =
      "This method rounds nothing: give the scheme to a QuantizationModifier behind it";

  /** What the peers write beside. */
  private static final List<Setting> WITHOUT_EFFECT =
      List.of(
          Setting.withoutEffect("start"),
          Setting.withoutEffect("end"),
          Setting.withoutEffect("update"),
          Setting.withoutEffect("index"),
          Setting.withoutEffect("group"),
          Setting.withoutEffect("requires_calibration_data"));

  private SmoothingSettings() {}

  /** A method's own settings, and what the peers write beside. */
  public static SettingTable table(String name, List<Setting> settings) {
    return new SettingTable(name, settings.toArray(Setting[]::new))
        .and(WITHOUT_EFFECT)
        .explaining("scheme", NO_SCHEME)
        .explaining("config_groups", NO_SCHEME);
  }
}
