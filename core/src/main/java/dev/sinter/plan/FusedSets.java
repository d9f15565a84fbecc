/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Node;
import dev.sinter.graph.Op;
import dev.sinter.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Modules that clients such as vLLM fuse into one matrix, which has but one representation. Clients
 * know them by name; where there is a graph, they must read one value, too.
 */
final class FusedSets {
  private static final List<Set<String>> FUSED =
      List.of(
          Set.of("q_proj", "k_proj", "v_proj"),
          Set.of("gate_proj", "up_proj"),
          Set.of("q_a_proj", "kv_a_proj_with_mqa"),
          Set.of("wq_a", "wkv_a_with_mqa"),
          Set.of("w1", "w3"));

  private final Map<String, Value> inputs = new HashMap<>();

  FusedSets(Optional<Graph> graph) {
    for (Node node : graph.map(Graph::nodes).orElse(List.of())) {
      if (node.op() instanceof Op.Linear linear) {
        inputs.put(linear.module(), node.inputs().get(0));
      }
    }
  }

  /** What the modules of a set have in common. */
  private record Key(String parent, int names, Optional<Value> input) {}

  /** The sets among some modules, each of two or more. */
  List<List<String>> among(Iterable<String> modules) {
    Map<Key, List<String>> sets = new LinkedHashMap<>();
    for (String module : modules) {
      int dot = module.lastIndexOf('.');
      String last = module.substring(dot + 1);
      Optional<Value> input = Optional.ofNullable(inputs.get(module));
      for (int i = 0; i < FUSED.size(); i++) {
        if (FUSED.get(i).contains(last)) {
          Key key = new Key(module.substring(0, dot + 1), i, input);
          sets.computeIfAbsent(key, k -> new ArrayList<>()).add(module);
        }
      }
    }
    return sets.values().stream().filter(set -> set.size() > 1).toList();
  }
}
