/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a graph into subgraphs, consecutive runs of its nodes. A subgraph holds a target, or several
 * in a row, and what follows up to the next; what stands before the layers and behind them is a
 * subgraph each. A cut that may lie anywhere between two linear modules lies where the fewest
 * channels cross it, and so, between an attention and an MLP, where the residual stream alone does.
 * Linear in the graph.
 */
public final class Partitioner {
  private final Graph graph;
  private final TargetModules targets;
  private final TargetModules layers;
  private final LiveValues live;
  private final long[] widths;

  /** Where each subgraph starts, and what it is called. */
  private final List<Integer> starts = new ArrayList<>();

  private final List<String> names = new ArrayList<>();

  private Partitioner(Graph graph, TargetModules targets) {
    this.graph = graph;
    this.targets = targets;
    this.layers = TargetModules.ofClass(graph, graph.layerClass());
    this.live = new LiveValues(graph);
    this.widths = live.widths();
  }

  /** What stands before the layers, each layer, and what stands behind them. */
  public static List<Subgraph> layers(Graph graph) {
    return partition(graph, SequentialTargets.LAYERS);
  }

  /** A rule that means no module is a problem of the request. */
  public static List<Subgraph> partition(Graph graph, SequentialTargets targets) {
    TargetModules modules =
        targets.rules().isEmpty()
            ? TargetModules.ofClass(graph, graph.layerClass())
            : TargetModules.of(graph, targets.rules());
    return new Partitioner(graph, modules).partition(targets.perSubgraph());
  }

  /** Nodes from a first one to before an end: those of a target, or of several. */
  private record Block(String name, int start, int end) {
    Block to(Block last) {
      return new Block(name + " .. " + last.name, start, last.end);
    }
  }

  private List<Subgraph> partition(int perSubgraph) {
    List<Block> groups = grouped(blocks(targets), perSubgraph);
    List<Block> bodies = blocks(layers);
    int count = graph.nodes().size();
    int body = Math.min(start(groups), start(bodies));
    begin("(before the layers)", 0, body);
    if (!groups.isEmpty()) {
      begin(groups, body);
    }
    int behind = groups.isEmpty() ? count : Math.max(end(groups), end(bodies));
    begin("(behind the layers)", behind, count);
    return cut();
  }

  private void begin(List<Block> groups, int body) {
    Block first = groups.get(0);
    int free = afterLinears(body, first.start());
    begin("before " + first.name(), body, free);
    int start = free == body ? body : narrowest(free, first.start());
    begin(first.name(), start, first.end());
    for (int i = 1; i < groups.size(); i++) {
      Block group = groups.get(i);
      free = afterLinears(groups.get(i - 1).end(), group.start());
      begin(group.name(), narrowest(free, group.start()), group.end());
    }
  }

  /** Begins a subgraph, unless nothing would stand in it. */
  private void begin(String name, int start, int end) {
    if (start < end) {
      starts.add(start);
      names.add(name);
    }
  }

  private int start(List<Block> blocks) {
    return blocks.isEmpty() ? graph.nodes().size() : blocks.get(0).start();
  }

  private static int end(List<Block> blocks) {
    return blocks.isEmpty() ? 0 : blocks.get(blocks.size() - 1).end();
  }

  /** The runs of nodes that stand in one module. */
  private List<Block> blocks(TargetModules modules) {
    List<Block> blocks = new ArrayList<>();
    Optional<String> open = Optional.empty();
    int start = 0;
    for (int i = 0; i <= graph.nodes().size(); i++) {
      Optional<String> target =
          i == graph.nodes().size()
              ? Optional.empty()
              : modules.around(graph.nodes().get(i).module());
      if (!target.equals(open)) {
        if (open.isPresent()) {
          blocks.add(new Block(open.get(), start, i));
        }
        open = target;
        start = i;
      }
    }
    return blocks;
  }

  private static List<Block> grouped(List<Block> blocks, int perSubgraph) {
    List<Block> groups = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i += perSubgraph) {
      int last = Math.min(i + perSubgraph, blocks.size()) - 1;
      groups.add(last == i ? blocks.get(i) : blocks.get(i).to(blocks.get(last)));
    }
    return groups;
  }

  /** The first position in a range that has no linear module behind it there. */
  private int afterLinears(int from, int to) {
    int position = to;
    while (position > from && !(graph.nodes().get(position - 1).op() instanceof Op.Linear)) {
      position--;
    }
    return position;
  }

  /** The position, from a first to a last, that the fewest channels cross. */
  private int narrowest(int first, int last) {
    int best = first;
    for (int position = first + 1; position <= last; position++) {
      if (widths[position] < widths[best]) {
        best = position;
      }
    }
    return best;
  }

  private List<Subgraph> cut() {
    List<List<Value>> crossing = live.at(starts);
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
}
