/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.Settings;
import dev.sinter.modifier.quantization.SchemeSettings;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.Strategy;
import java.util.Optional;

/** Makes the GPTQModifier. */
public final class GptqModifierFactory implements ModifierFactory {
  private static final String ACTORDER = "actorder";
  private static final int BLOCK_SIZE = 128;
  private static final double DAMPENING = 0.01;

  @Override
  public String name() {
    return GptqModifier.NAME;
  }

  @Override
  public Optional<Modifier> create(Settings settings) {
    Optional<SchemeSettings> shared = SchemeSettings.read(settings);
    int blockSize = settings.positive("block_size", BLOCK_SIZE);
    double dampening = settings.number("dampening_frac", DAMPENING);
    if (dampening < 0 || dampening > 1) {
      settings.problem(
          "dampening_frac", "dampening_frac must lie between 0 and 1, not " + dampening);
    }
    ActivationOrder order = order(settings);
    shared.ifPresent(
        found -> found.targets().groups().forEach(group -> check(settings, order, group)));
    // Gram matrices never lie on a device longer than their sum takes, so there is nothing to
    // offload.
    settings.ignored("offload_hessians");
    settings.finish();
    return shared.map(
        found -> new GptqModifier(found, new GptqSolver(blockSize, dampening, order)));
  }

  private static void check(Settings settings, ActivationOrder order, SchemeGroup group) {
    QuantizationScheme scheme = group.scheme();
    Strategy strategy = scheme.weights().strategy();
    boolean grouped = strategy instanceof Strategy.Group;
    if (!grouped && !(strategy instanceof Strategy.Channel)) {
      settings.problem(
          "scheme",
          "GPTQModifier of this version rounds schemes with scales by row or by group; "
              + scheme.name()
              + " has them by "
              + strategy.jsonName()
              + ". QuantizationModifier takes it");
    } else if (order == ActivationOrder.GROUP && !grouped) {
      settings.problem(
          ACTORDER, "actorder group needs a scheme with groups; " + scheme.name() + " has none");
    } else if (order == ActivationOrder.GROUP && !group.format().holdsGroupsOutOfOrder()) {
      settings.problem(
          ACTORDER,
          "actorder group cuts groups out of order, which the format "
              + group.format().jsonName()
              + " of "
              + scheme.name()
              + " cannot state. Take static");
    }
  }

  private static ActivationOrder order(Settings settings) {
    if (!settings.isGiven(ACTORDER)) {
      return ActivationOrder.STATIC;
    }
    Optional<String> name = settings.text(ACTORDER);
    if (name.isEmpty()) {
      return ActivationOrder.UNSET;
    }
    return switch (name.get()) {
      case "static", "weight" -> ActivationOrder.STATIC;
      case "group", "dynamic" -> ActivationOrder.GROUP;
      default -> {
        settings.problem(
            ACTORDER,
            "actorder must be static (or weight), group (or dynamic) or null, not " + name.get());
        yield ActivationOrder.UNSET;
      }
    };
  }
}
