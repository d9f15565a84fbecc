/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is computed of the tokens that are routed to one expert, and of nothing else: a task that
 * has these tokens can do it alone.
 *
 * @param share the part of all tokens that is routed to the expert, as much as to any other
 * @param nodes what makes the wanted values, which are its outputs, of the expert's tokens
 */
public record ExpertBranch(Value tokens, double share, Subgraph nodes) {

  /** The experts of a subgraph in which values are wanted, each with those of its own. */
  public static List<ExpertBranch> of(Subgraph subgraph, Set<Value> wanted) {
    Map<Value, Double> routed = Route.shares(subgraph.nodes());
    Map<Value, Value> tokensOf = new HashMap<>();
    Map<Value, Found> found = new LinkedHashMap<>();
    for (Node node : subgraph.nodes()) {
      Value output = node.output();
      if (node.op() instanceof Experts.Select select) {
        double share = routed.getOrDefault(node.inputs().get(1), 1.0);
        found.put(output, new Found(select.expert(), share, new ArrayList<>()));
        tokensOf.put(output, output);
        continue;
      }
      Value tokens = tokensOf.get(node.inputs().get(0));
      if (tokens != null
          && node.inputs().stream().allMatch(input -> tokens.equals(tokensOf.get(input)))) {
        tokensOf.put(output, tokens);
        found.get(tokens).nodes.add(node);
      }
    }
    Map<Value, List<Value>> wantedOf = new HashMap<>();
    for (Value value : wanted) {
      if (tokensOf.containsKey(value)) {
        wantedOf.computeIfAbsent(tokensOf.get(value), key -> new ArrayList<>()).add(value);
      }
    }
    List<ExpertBranch> branches = new ArrayList<>();
    found.forEach(
        (tokens, expert) -> {
          if (wantedOf.containsKey(tokens)) {
            branches.add(expert.branch(subgraph.name(), tokens, wantedOf.get(tokens)));
          }
        });
    return List.copyOf(branches);
  }

  private record Found(int expert, double share, List<Node> nodes) {
    ExpertBranch branch(String subgraph, Value tokens, List<Value> wanted) {
      String name = subgraph + ", expert " + expert;
      Subgraph all = new Subgraph(name, nodes, List.of(tokens), wanted);
      List<Node> needed = all.nodesFor(Set.copyOf(wanted));
      return new ExpertBranch(tokens, share, new Subgraph(name, needed, List.of(tokens), wanted));
    }
  }
}
