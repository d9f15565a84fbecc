/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.Settings;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import java.util.Optional;

/** Makes the QuantizationModifier. */
public final class QuantizationModifierFactory implements ModifierFactory {
  @Override
  public String name() {
    return QuantizationModifier.NAME;
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
    settings.finish();
    return shared.map(QuantizationModifier::new);
  }
}
