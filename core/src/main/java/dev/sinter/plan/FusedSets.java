/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Modules that clients such as vLLM fuse into one matrix, which has but one representation. */
final class FusedSets {
  private static final List<Set<String>> FUSED =
      List.of(
          Set.of("q_proj", "k_proj", "v_proj"),
          Set.of("gate_proj", "up_proj"),
          Set.of("q_a_proj", "kv_a_proj_with_mqa"),
          Set.of("wq_a", "wkv_a_with_mqa"),
          Set.of("w1", "w3"));

  private FusedSets() {}

  /** The sets among some modules, each of two or more. */
  static List<List<String>> among(Iterable<String> modules) {
    Map<String, List<String>> sets = new LinkedHashMap<>();
    for (String module : modules) {
      int dot = module.lastIndexOf('.');
      String last = module.substring(dot + 1);
      for (int i = 0; i < FUSED.size(); i++) {
        if (FUSED.get(i).contains(last)) {
          String key = module.substring(0, dot + 1) + i;
          sets.computeIfAbsent(key, k -> new ArrayList<>()).add(module);
        }
      }
    }
    return sets.values().stream().filter(set -> set.size() > 1).toList();
  }
}
