/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Graph;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution.AttentionUse;
import dev.sinter.problem.Problems;
import dev.sinter.quantization.QuantizationArgs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The attention modules whose queries, keys and values are rounded by groups without weights. */
final class AttentionModules {
  /** By one of these clients know an attention module, besides its class. */
  private static final List<String> PROJECTIONS =
      List.of("k_proj", "v_proj", "qkv_proj", "kv_b_proj");

  private final ModuleTree tree;
  private final Misfits misfits;
  private final Map<String, QuantizationArgs> byModule = new LinkedHashMap<>();
  private final List<OutputConfig.AttentionGroup> groups = new ArrayList<>();

  AttentionModules(ModuleTree tree, Misfits misfits) {
    this.tree = tree;
    this.misfits = misfits;
  }

  /** Takes in what a group of a method means. */
  void add(Modifier modifier, AttentionUse use, Problems problems) {
    if (tree.graph().isEmpty()) {
      problems.add(
          modifier.name()
              + ": the group of "
              + use.group().targets()
              + " has no weights, and so means attention modules; the scales of their queries, keys"
              + " and values are found by running the model, and its family is not one that this"
              + " version runs. docs/adding-an-architecture.md says how to add it; or leave the"
              + " group out");
      return;
    }
    Set<String> known = tree.modules().stream().map(ModuleInfo::name).collect(Collectors.toSet());
    for (ModuleInfo module : tree.modules()) {
      String target = use.targets().get(module.name());
      if (target == null) {
        continue;
      }
      if (!isAttention(module, known)) {
        misfits.add(
            ": it is no attention module that clients know, and the group of the target \""
                + target
                + "\" has no weights, which means such modules alone. Write an expression that ends"
                + " with them, such as re:.*self_attn$, or give the group weights",
            module.name());
      } else if (byModule.putIfAbsent(module.name(), use.group().args()) != null) {
        misfits.add(
            ": several groups say how its queries, keys and values are rounded", module.name());
      }
    }
    if (!use.targets().isEmpty()) {
      groups.add(new OutputConfig.AttentionGroup(use));
    }
  }

  /** Clients put another attention in the place of all or none: one left out fails them. */
  void requireAll(Problems problems) {
    if (groups.isEmpty() || !misfits.isEmpty()) {
      return;
    }
    List<String> left = new ArrayList<>(tree.graph().orElseThrow().attentions());
    left.removeAll(byModule.keySet());
    if (!left.isEmpty()) {
      problems.add(
          left.get(0)
              + (left.size() == 1 ? "" : " and " + (left.size() - 1) + " more")
              + ": no group says how its queries, keys and values are rounded, and"
              + " compressed-tensors runs a model only if groups mean all attention modules, or none."
              + " Add a target that means it, or take it out of ignore");
    }
  }

  private boolean isAttention(ModuleInfo module, Set<String> known) {
    return tree.graph().map(Graph::attentions).orElse(List.of()).contains(module.name())
        && module.className().toLowerCase(Locale.ROOT).contains("attention")
        && PROJECTIONS.stream().anyMatch(name -> known.contains(module.name() + "." + name));
  }

  /** How queries, keys and values are rounded, by module. */
  Map<String, QuantizationArgs> byModule() {
    return byModule;
  }

  /** The groups as config.json has them. */
  List<OutputConfig.AttentionGroup> groups() {
    return groups;
  }

  /**
   * How caches are kept: as it is asked for, or, as the reference states it for clients that have
   * caches alone, as all attention modules round keys and values. Of zero points it states nothing,
   * since its own client fails at such caches.
   */
  Optional<QuantizationArgs> caches(Optional<QuantizationArgs> asked) {
    List<QuantizationArgs> all = byModule.values().stream().distinct().toList();
    boolean alike = all.size() == 1 && all.get(0).symmetric();
    return asked.or(() -> alike ? Optional.of(all.get(0)) : Optional.empty());
  }
}
