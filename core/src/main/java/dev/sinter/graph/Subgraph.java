/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run of consecutive nodes: what the sequential pipeline works on at a time. {@code inputs} are
 * the values that it needs from before, {@code outputs} those that later nodes need of all that is
 * known after it.
 */
public record Subgraph(String name, List<Node> nodes, List<Value> inputs, List<Value> outputs)
    implements Serializable {
  public Subgraph {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The linear modules that read each value, in order: they share what is observed of it. */
  public Map<Value, List<Op.Linear>> linearsByInput() {
    Map<Value, List<Op.Linear>> groups = new LinkedHashMap<>();
    for (Node node : nodes) {
      if (node.op() instanceof Op.Linear linear) {
        groups.computeIfAbsent(node.inputs().get(0), value -> new ArrayList<>()).add(linear);
      }
    }
    return groups;
  }

  /** The nodes without which the wanted values cannot be computed, in order. */
  public List<Node> nodesFor(Set<Value> wanted) {
    Set<Value> needed = new HashSet<>(wanted);
    Deque<Node> kept = new ArrayDeque<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (needed.contains(node.output())) {
        needed.addAll(node.inputs());
        kept.push(node);
      }
    }
    return List.copyOf(kept);
  }
}
