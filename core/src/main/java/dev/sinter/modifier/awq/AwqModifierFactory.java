/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.quantization.Patterns;
import dev.sinter.modifier.smoothing.MappingRule;
import dev.sinter.modifier.smoothing.MappingRules;
import dev.sinter.modifier.smoothing.MappingRules.Shape;
import dev.sinter.modifier.smoothing.PairSettings;
import dev.sinter.modifier.smoothing.PairSettings.Producers;
import dev.sinter.modifier.smoothing.SmoothingModifier;
import dev.sinter.modifier.smoothing.SmoothingSettings;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.List;
import java.util.Optional;

/** Makes the AWQModifier. */
public final class AwqModifierFactory implements ModifierFactory {
  private static final String NAME = "AWQModifier";
  private static final String DUO_SCALING = "duo_scaling";
  private static final String POINTS = "n_grid";

  /** Which pairs there are is asked of linear modules if nothing else is said. */
  private static final List<String> LINEARS = List.of(ModuleInfo.LINEAR, ModuleInfo.CONV1D);

  private static final SettingTable TABLE =
      SmoothingSettings.table(
          NAME,
          List.of(
              MappingRules.setting(Shape.NAMED),
              Setting.of(
                      DUO_SCALING,
                      Form.either(new Form.Flag(), Form.word("both")),
                      "Whether weights have a say in the scales beside inputs")
                  .otherwise(true),
              Setting.of(POINTS, Form.Whole.POSITIVE, "How many scales are tried").otherwise(20),
              Setting.of(
                  SmoothingSettings.TARGETS,
                  Form.texts(),
                  "Of which modules what is scaled must have one: classes, names, re:REGEX"),
              Setting.of(
                  SmoothingSettings.IGNORE, Form.texts(), "Which modules do not count for that"),
              Setting.withoutEffect("offload_device"),
              Setting.withoutEffect("sequential_targets"),
              Setting.withoutEffect("max_chunk_memory")));

  @Override
  public SettingTable table() {
    return TABLE;
  }

  @Override
  public String meaning() {
    return "Scales the weights that matter most before they are rounded (arXiv 2306.00978)";
  }

  @Override
  public Optional<Modifier> create(Settings settings) {
    Optional<List<MappingRule>> mappings = MappingRules.read(settings, Shape.NAMED);
    Patterns.check(settings, SmoothingSettings.TARGETS);
    Patterns.check(settings, SmoothingSettings.IGNORE);
    DuoScaling duo = duo(settings.json(DUO_SCALING).orElseThrow());
    int points = settings.whole(POINTS);
    if (duo == DuoScaling.BOTH && points < 2) {
      settings.problem(POINTS, "n_grid must be at least 2 for duo_scaling both, not " + points);
    }
    if (!settings.isSound()) {
      return Optional.empty();
    }
    PairSettings pairs =
        new PairSettings(
            Producers.NORMS_AND_LINEARS,
            mappings,
            settings.texts(SmoothingSettings.TARGETS).orElse(LINEARS),
            settings.texts(SmoothingSettings.IGNORE).orElse(List.of()));
    AwqSmoother smoother = new AwqSmoother(duo, points);
    return Optional.of(
        new SmoothingModifier(NAME, settings.complete(), List.of(), pairs, smoother));
  }

  private static DuoScaling duo(Json value) {
    if (value instanceof Json.Bool flag) {
      return flag.value() ? DuoScaling.ON : DuoScaling.OFF;
    }
    return DuoScaling.BOTH;
  }
}
