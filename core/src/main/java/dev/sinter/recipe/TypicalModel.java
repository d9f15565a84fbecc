/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Missing;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.SchemeGroup;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The modules of a layer with an MLP and of one with experts: without a checkpoint at hand, what a
 * recipe needs is seen on them.
 */
final class TypicalModel {
  private static final List<ModuleInfo> MODULES = modules();

  private TypicalModel() {}

  private static List<ModuleInfo> modules() {
    List<ModuleInfo> modules = new ArrayList<>();
    modules.add(new ModuleInfo("model.embed_tokens", ModuleInfo.EMBEDDING));
    for (String name :
        List.of(
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj")) {
      modules.add(new ModuleInfo("model.layers.0." + name, ModuleInfo.LINEAR));
    }
    modules.add(new ModuleInfo("model.layers.1.mlp.gate", ModuleInfo.ROUTER));
    for (String name : List.of("gate_proj", "up_proj", "down_proj")) {
      modules.add(new ModuleInfo("model.layers.1.mlp.experts.0." + name, ModuleInfo.LINEAR));
    }
    modules.add(new ModuleInfo("lm_head", ModuleInfo.LINEAR));
    return List.copyOf(modules);
  }

  /** What this version lacks to run a recipe on a model of the usual form; nothing if it runs. */
  static List<String> missing(Recipe recipe) {
    Set<String> missing = new LinkedHashSet<>(recipe.missing());
    for (Modifier modifier : recipe.modifiers()) {
      Resolution resolution = modifier.targets().resolve(MODULES);
      for (SchemeGroup group : resolution.groups()) {
        String scheme = group.scheme().name();
        Missing.of(group.scheme()).forEach(what -> missing.add(scheme + ": " + what));
      }
    }
    return List.copyOf(missing);
  }

  /** Whether a method needs data for such a model. */
  static boolean needsCalibration(Modifier modifier) {
    if (modifier.needsCalibration()) {
      return true;
    }
    Resolution resolution = modifier.targets().resolve(MODULES);
    return resolution.needsRanges()
        || resolution.groups().stream()
            .map(group -> group.scheme().weights())
            .anyMatch(
                args ->
                    modifier
                        .solver()
                        .filter(solver -> !solver.statistics(args).isEmpty())
                        .isPresent());
  }

  /** What no output format holds of it on such a model. */
  static List<String> refused(Recipe recipe) {
    return recipe.modifiers().stream()
        .flatMap(modifier -> modifier.targets().resolve(MODULES).problems().stream())
        .toList();
  }
}
