/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.Settings;
import java.util.Optional;

/** Makes the QuantizationModifier. */
public final class QuantizationModifierFactory implements ModifierFactory {
  @Override
  public String name() {
    return QuantizationModifier.NAME;
  }

  @Override
  public Optional<Modifier> create(Settings settings) {
    Optional<Modifier> modifier = SchemeSettings.read(settings).map(QuantizationModifier::new);
    settings.finish();
    return modifier;
  }
}
