/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Experts;
import dev.sinter.graph.Node;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Cuts a subgraph between its experts, so that what a task holds of weights and statistics at a
 * time is bounded, however many experts there are. Between experts little is live: the tokens, the
 * routing and the sum.
 */
final class Segments {
  private final Subgraph subgraph;
  private final List<Node> nodes;
  private final Set<Value> outputs;
  private final Set<String> experts = new HashSet<>();

  private Segments(Subgraph subgraph, Set<Value> observed, Set<Value> outputs) {
    this.subgraph = subgraph;
    this.outputs = outputs;
    Set<Value> wanted = new HashSet<>(observed);
    wanted.addAll(outputs);
    this.nodes = subgraph.nodesFor(wanted);
    for (Node node : subgraph.nodes()) {
      if (node.op() instanceof Experts.AddRouted) {
        experts.add(node.module());
      }
    }
  }

  /**
   * The nodes without which neither outputs nor observed values can be computed, in as few pieces
   * as there are where none has more bytes than that, or than one expert has.
   *
   * @param bytes what a node takes as long as its piece runs
   */
  static List<Subgraph> of(
      Subgraph subgraph,
      Set<Value> observed,
      Set<Value> outputs,
      ToLongFunction<Node> bytes,
      long most) {
    return new Segments(subgraph, observed, outputs).cut(bytes, most);
  }

  private List<Subgraph> cut(ToLongFunction<Node> bytes, long most) {
    List<List<Node>> pieces = new ArrayList<>();
    List<Node> piece = new ArrayList<>();
    long taken = 0;
    for (List<Node> run : runs()) {
      long more = run.stream().mapToLong(bytes).sum();
      if (!piece.isEmpty() && taken + more > most) {
        pieces.add(piece);
        piece = new ArrayList<>();
        taken = 0;
      }
      piece.addAll(run);
      taken += more;
    }
    pieces.add(piece);
    return subgraphs(pieces);
  }

  /** Nodes that stay together: those of an expert, and those that follow each other elsewhere. */
  private List<List<Node>> runs() {
    List<List<Node>> runs = new ArrayList<>();
    Optional<String> last = Optional.empty();
    for (Node node : nodes) {
      Optional<String> expert = expert(node.module());
      if (runs.isEmpty() || !expert.equals(last)) {
        runs.add(new ArrayList<>());
      }
      runs.get(runs.size() - 1).add(node);
      last = expert;
    }
    return runs;
  }

  private Optional<String> expert(String module) {
    String prefix = module;
    while (!experts.contains(prefix)) {
      int dot = prefix.lastIndexOf('.');
      if (dot < 0) {
        return Optional.empty();
      }
      prefix = prefix.substring(0, dot);
    }
    return Optional.of(prefix);
  }

  private List<Subgraph> subgraphs(List<List<Node>> pieces) {
    List<List<Value>> crossing = new ArrayList<>();
    Set<Value> needed = new LinkedHashSet<>(outputs);
    crossing.add(List.copyOf(needed));
    for (int i = pieces.size() - 1; i >= 0; i--) {
      pieces.get(i).forEach(node -> needed.addAll(node.inputs()));
      pieces.get(i).forEach(node -> needed.remove(node.output()));
      crossing.add(0, List.copyOf(needed));
    }
    List<Subgraph> subgraphs = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      String name = pieces.size() == 1 ? subgraph.name() : subgraph.name() + ", part " + (i + 1);
      // All inputs lie in the blocks that come in, whether they are needed or not.
      List<Value> inputs = i == 0 ? subgraph.inputs() : crossing.get(i);
      subgraphs.add(new Subgraph(name, pieces.get(i), inputs, crossing.get(i + 1)));
    }
    return List.copyOf(subgraphs);
  }
}
