/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which values exist before a node and are needed from there on. */
final class LiveValues {
  private final Graph graph;
  private final Map<Value, Integer> lastUse = new HashMap<>();

  LiveValues(Graph graph) {
    this.graph = graph;
    for (int i = 0; i < graph.nodes().size(); i++) {
      int index = i;
      graph.nodes().get(i).inputs().forEach(value -> lastUse.put(value, index));
    }
    lastUse.put(graph.output(), graph.nodes().size());
  }

  /** The channels of the live values before each node, and in the end. */
  long[] widths() {
    long[] changes = new long[graph.nodes().size() + 2];
    changes[0] = graph.input().channels();
    changes[lastUse.getOrDefault(graph.input(), 0) + 1] -= graph.input().channels();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Value made = graph.nodes().get(i).output();
      int last = lastUse.getOrDefault(made, i);
      changes[i + 1] += made.channels();
      changes[last + 1] -= made.channels();
    }
    long[] widths = new long[graph.nodes().size() + 1];
    long width = 0;
    for (int i = 0; i < widths.length; i++) {
      width += changes[i];
      widths[i] = width;
    }
    return widths;
  }

  /** The live values before the nodes at some positions, which ascend, and in the end. */
  List<List<Value>> at(List<Integer> positions) {
    Set<Integer> wanted = new HashSet<>(positions);
    Set<Value> live = new LinkedHashSet<>();
    live.add(graph.input());
    List<List<Value>> crossing = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      if (wanted.contains(i)) {
        crossing.add(List.copyOf(live));
      }
      Node node = graph.nodes().get(i);
      if (lastUse.containsKey(node.output())) {
        live.add(node.output());
      }
      int index = i;
      node.inputs().stream().filter(value -> lastUse.get(value) == index).forEach(live::remove);
    }
    crossing.add(List.copyOf(live));
    return crossing;
  }
}
