/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.quantization.Quantizer;
import dev.sinter.weight.WeightSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which modules must share a global scale: clients fuse them into one matrix, which has but one.
 */
final class SharedScales {
  private static final List<Set<String>> FUSED =
      List.of(
          Set.of("q_proj", "k_proj", "v_proj"),
          Set.of("gate_proj", "up_proj"),
          Set.of("q_a_proj", "kv_a_proj_with_mqa"),
          Set.of("wq_a", "wkv_a_with_mqa"),
          Set.of("w1", "w3"));

  private SharedScales() {}

  /** The plans, each knowing the weights that it shares a scale with. */
  static Map<String, ModulePlan> resolve(Map<String, ModulePlan> plans, List<String> notices) {
    Map<String, List<ModulePlan>> sets = new LinkedHashMap<>();
    plans.values().stream()
        .filter(plan -> new Quantizer(plan.scheme().weights()).hasGlobalScale())
        .forEach(
            plan ->
                key(plan)
                    .forEach(key -> sets.computeIfAbsent(key, k -> new ArrayList<>()).add(plan)));
    Map<String, ModulePlan> resolved = new LinkedHashMap<>(plans);
    for (List<ModulePlan> set : sets.values()) {
      if (set.stream().map(plan -> plan.scheme().weights()).distinct().count() > 1) {
        notices.add(
            set.stream().map(ModulePlan::module).toList()
                + " are one matrix to clients such as vLLM, and have different schemes here");
        continue;
      }
      for (ModulePlan plan : set) {
        List<WeightSource> others =
            set.stream()
                .filter(other -> !other.module().equals(plan.module()))
                .map(ModulePlan::weight)
                .toList();
        resolved.put(plan.module(), plan.sharingWith(others));
      }
    }
    return resolved;
  }

  /** What the members of a fused set have in common: where they stand, and the set. */
  private static List<String> key(ModulePlan plan) {
    int dot = plan.module().lastIndexOf('.');
    String last = plan.module().substring(dot + 1);
    return FUSED.stream()
        .filter(set -> set.contains(last))
        .map(set -> plan.module().substring(0, dot + 1) + set)
        .toList();
  }
}
