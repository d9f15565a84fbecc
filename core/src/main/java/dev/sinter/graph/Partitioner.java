/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a graph into subgraphs, at the modules of a class: what stands before, each such module, and
 * what stands behind.
 */
public final class Partitioner {
  private Partitioner() {}

  public static List<Subgraph> byModulesOfClass(Graph graph, String className) {
    List<String> targets =
        graph.modules().stream()
            .filter(module -> module.className().equals(className))
            .map(ModuleInfo::name)
            .toList();
    List<Subgraph> subgraphs = new ArrayList<>();
    int start = 0;
    while (start < graph.nodes().size()) {
      Optional<String> target = targetOf(graph.nodes().get(start), targets);
      int end = start + 1;
      while (end < graph.nodes().size()
          && targetOf(graph.nodes().get(end), targets).equals(target)) {
        end++;
      }
      String name = target.orElse(start == 0 ? "(before the layers)" : "(behind the layers)");
      subgraphs.add(cut(graph, name, start, end));
      start = end;
    }
    return subgraphs;
  }

  private static Optional<String> targetOf(Node node, List<String> targets) {
    return targets.stream()
        .filter(target -> node.module().equals(target) || node.module().startsWith(target + "."))
        .findFirst();
  }

  private static Subgraph cut(Graph graph, String name, int start, int end) {
    return new Subgraph(
        name, graph.nodes().subList(start, end), crossing(graph, start), crossing(graph, end));
  }

  /** The values that exist before a node and are needed from there on. */
  private static List<Value> crossing(Graph graph, int position) {
    Set<Value> made = new LinkedHashSet<>();
    made.add(graph.input());
    graph.nodes().subList(0, position).forEach(node -> made.add(node.output()));
    Set<Value> needed = new LinkedHashSet<>();
    needed.add(graph.output());
    graph
        .nodes()
        .subList(position, graph.nodes().size())
        .forEach(node -> needed.addAll(node.inputs()));
    return made.stream().filter(needed::contains).toList();
  }
}
