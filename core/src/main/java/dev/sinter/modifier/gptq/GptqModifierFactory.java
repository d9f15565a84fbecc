/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.json.Json;
import dev.sinter.modifier.ListedTargets;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.quantization.SchemeSettings;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes the GPTQModifier. */
public final class GptqModifierFactory implements ModifierFactory {
  private static final String ACTORDER = "actorder";
  private static final String BLOCK_SIZE = "block_size";
  private static final String DAMPENING = "dampening_frac";

  private static final SettingTable TABLE =
      SchemeSettings.table(
              GptqModifier.NAME,
              List.of(
                  Setting.of(
                          BLOCK_SIZE,
                          Form.Whole.POSITIVE,
                          "How many columns are rounded before the others are updated")
                      .otherwise(128),
                  Setting.of(
                          DAMPENING,
                          Form.Real.FRACTION,
                          "Which part of the Hessian's mean diagonal is added to it")
                      .otherwise(0.01),
                  Setting.of(
                          ACTORDER,
                          Form.word("static", "weight", "group", "dynamic"),
                          "Columns by descending activation: static keeps the groups of columns,"
                              + " group cuts them in that order, null takes columns as they are")
                      .otherwise("static"),
                  // Gram matrices never lie on a device longer than their sum takes.
                  Setting.withoutEffect("offload_hessians"),
                  // Layers are always compressed one after the other.
                  Setting.withoutEffect("sequential_update")))
          .explaining("damp_percent", "Write dampening_frac, a fraction: 0.01 for one percent")
          .explaining("percdamp", "Write dampening_frac, a fraction: 0.01 for one percent")
          .explaining("blocksize", "Did you mean block_size?")
          .explaining("desc_act", "Write actorder: group for desc_act: true")
          .explaining(
              "sequential_targets",
              "Write it beside the modifiers: dataset: {sequential_targets: [LlamaDecoderLayer]}");

  @Override
  public SettingTable table() {
    return TABLE;
  }

  @Override
  public String meaning() {
    return "Rounds weights column by column and spreads each error over the columns behind"
        + " (arXiv 2210.17323)";
  }

  @Override
  public Optional<Modifier> create(Settings settings) {
    Optional<SchemeSettings> shared = SchemeSettings.read(settings);
    ActivationOrder order = order(settings, shared);
    shared.ifPresent(
        found -> found.targets().groups().forEach(group -> check(settings, order, group)));
    if (!settings.isSound() || shared.isEmpty()) {
      return Optional.empty();
    }
    GptqSolver solver =
        new GptqSolver(settings.whole(BLOCK_SIZE), settings.number(DAMPENING), order);
    Json.Obj written =
        shared
            .get()
            .json()
            .with(BLOCK_SIZE, Json.of(solver.blockSize()))
            .with(DAMPENING, Json.of(solver.dampening()))
            .with(ACTORDER, order.json());
    return Optional.of(
        new GptqModifier(ordered(shared.get().targets(), order), written, solver, List.of()));
  }

  private static ListedTargets ordered(ListedTargets targets, ActivationOrder order) {
    List<SchemeGroup> ordered =
        targets.groups().stream()
            .map(group -> group.withScheme(group.scheme().withActorder(order)))
            .toList();
    return targets.withGroups(ordered);
  }

  private static void check(Settings settings, ActivationOrder order, SchemeGroup group) {
    boolean grouped = group.scheme().weights().groupSize().isPresent();
    if (order == ActivationOrder.GROUP && !grouped) {
      settings.problem(
          ACTORDER,
          "actorder group needs a scheme with groups; " + group.scheme().name() + " has none");
    } else if (order == ActivationOrder.GROUP && !group.format().holdsGroupsOutOfOrder()) {
      settings.problem(
          ACTORDER,
          "actorder group cuts groups out of order, which the format "
              + group.format().jsonName()
              + " of "
              + group.scheme().name()
              + " cannot state. Take static");
    }
  }

  /** Given as null it is no order; not given, that of the schemes, or the default. */
  private static ActivationOrder order(Settings settings, Optional<SchemeSettings> shared) {
    Set<ActivationOrder> stated = new TreeSet<>();
    shared.ifPresent(
        found ->
            found.targets().groups().stream()
                .map(group -> group.scheme().weights().actorder())
                .filter(order -> order != ActivationOrder.UNSET)
                .forEach(stated::add));
    ActivationOrder own = own(settings);
    boolean given = settings.isGiven(ACTORDER);
    if (stated.size() > 1 || (given && !stated.isEmpty() && !stated.contains(own))) {
      settings.problem(
          ACTORDER,
          "actorder is stated in several ways, by the modifier and by the weights of its groups;"
              + " state it once");
    }
    return given || stated.isEmpty() ? own : stated.iterator().next();
  }

  private static ActivationOrder own(Settings settings) {
    if (settings.isGiven(ACTORDER) && !settings.hasValue(ACTORDER)) {
      return ActivationOrder.UNSET;
    }
    return switch (settings.text(ACTORDER).orElseThrow().toLowerCase(Locale.ROOT)) {
      case "group", "dynamic" -> ActivationOrder.GROUP;
      default -> ActivationOrder.STATIC;
    };
  }
}
