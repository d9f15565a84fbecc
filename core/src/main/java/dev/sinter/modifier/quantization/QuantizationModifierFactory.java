/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.List;
import java.util.Optional;

/** Makes the QuantizationModifier. */
public final class QuantizationModifierFactory implements ModifierFactory {
  private static final SettingTable TABLE =
      SchemeSettings.table(QuantizationModifier.NAME, List.of());

  @Override
  public SettingTable table() {
    return TABLE;
  }

  @Override
  public String meaning() {
    return "Rounds weights to the nearest code";
  }

  @Override
  public Optional<Modifier> create(Settings settings) {
    Optional<SchemeSettings> shared = SchemeSettings.read(settings);
    shared.stream()
        .flatMap(found -> found.targets().groups().stream())
        .filter(group -> group.scheme().weights().actorder() == ActivationOrder.GROUP)
        .forEach(
            group ->
                settings.problem(
                    "config_groups",
                    "actorder group orders columns by their activations, which GPTQModifier"
                        + " knows; leave it out, or take that modifier"));
    return shared
        .filter(found -> settings.isSound())
        .map(found -> new QuantizationModifier(found.targets(), found.json(), List.of()));
  }
}
