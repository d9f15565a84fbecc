/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a graph into subgraphs, at the modules of a class: what stands before, each such module, and
 * what stands behind.
 */
public final class Partitioner {
  private Partitioner() {}

  public static List<Subgraph> byModulesOfClass(Graph graph, String className) {
    Set<String> targets = new HashSet<>();
    graph.modules().stream()
        .filter(module -> module.className().equals(className))
        .forEach(module -> targets.add(module.name()));
    List<Integer> starts = new ArrayList<>();
    List<String> names = new ArrayList<>();
    Optional<String> last = Optional.empty();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Optional<String> target = targetOf(graph.nodes().get(i).module(), targets);
      if (i == 0 || !target.equals(last)) {
        starts.add(i);
        names.add(target.orElse(i == 0 ? "(before the layers)" : "(behind the layers)"));
      }
      last = target;
    }
    return cut(graph, starts, names);
  }

  /** The target that a module is, or stands in. */
  private static Optional<String> targetOf(String module, Set<String> targets) {
    int end = module.length();
    while (end > 0) {
      String enclosing = module.substring(0, end);
      if (targets.contains(enclosing)) {
        return Optional.of(enclosing);
      }
      end = module.lastIndexOf('.', end - 1);
    }
    return Optional.empty();
  }

  private static List<Subgraph> cut(Graph graph, List<Integer> starts, List<String> names) {
    List<List<Value>> crossing = crossing(graph, starts);
    List<Subgraph> subgraphs = new ArrayList<>();
    for (int i = 0; i < starts.size(); i++) {
      int end = i + 1 < starts.size() ? starts.get(i + 1) : graph.nodes().size();
      subgraphs.add(
          new Subgraph(
              names.get(i),
              graph.nodes().subList(starts.get(i), end),
              crossing.get(i),
              crossing.get(i + 1)));
    }
    return subgraphs;
  }

  /**
   * The values that exist before each of some nodes and are needed from there on, and those that
   * are left in the end.
   */
  private static List<List<Value>> crossing(Graph graph, List<Integer> positions) {
    Map<Value, Integer> lastUse = new HashMap<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      int index = i;
      graph.nodes().get(i).inputs().forEach(value -> lastUse.put(value, index));
    }
    lastUse.put(graph.output(), Integer.MAX_VALUE);
    Set<Value> live = new LinkedHashSet<>();
    live.add(graph.input());
    Set<Integer> wanted = new HashSet<>(positions);
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
