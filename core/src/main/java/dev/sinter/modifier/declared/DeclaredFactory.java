/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.declared;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.declared.DeclaredModifier.Data;
import dev.sinter.modifier.quantization.Patterns;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.List;
import java.util.Optional;

/** Makes a method that is known by its settings alone. */
record DeclaredFactory(SettingTable table, String meaning, Data data) implements ModifierFactory {
  static final String TARGETS = "targets";
  static final String IGNORE = "ignore";

  @Override
  public Optional<Modifier> create(Settings settings) {
    List<String> targets = texts(settings, TARGETS);
    List<String> ignore = texts(settings, IGNORE);
    requireAllOfOwl(settings);
    return settings.isSound()
        ? Optional.of(
            new DeclaredModifier(table.owner(), settings.complete(), targets, ignore, data))
        : Optional.empty();
  }

  /** Sparsity by outliers is described by three settings together. */
  private void requireAllOfOwl(Settings settings) {
    List<String> owl = List.of("sparsity_profile", "owl_m", "owl_lmbda");
    long given =
        owl.stream().filter(n -> table.setting(n).isPresent() && settings.hasValue(n)).count();
    if (given > 0 && given < owl.size()) {
      settings.problem(
          settings.owner(), String.join(", ", owl) + " go together: give all three, or none");
    }
  }

  private List<String> texts(Settings settings, String name) {
    if (table.setting(name).isEmpty()) {
      return List.of();
    }
    Patterns.check(settings, name);
    return settings.texts(name).orElse(List.of());
  }
}
