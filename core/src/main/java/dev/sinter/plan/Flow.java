/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Node;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The data flow of a subgraph, with nodes that do the same in one line. */
final class Flow {
  /** What stands for a line that reads itself, as a sum over experts does. */
  private static final int ITSELF = -1;

  private final Map<String, String> classes;
  private final Map<Value, Integer> numbers = new HashMap<>();
  private final Map<Key, Line> lines = new LinkedHashMap<>();
  private final Map<Integer, Like> likes = new HashMap<>();
  private int next;

  /**
   * @param classes the class of each module
   */
  Flow(Subgraph subgraph, Map<String, String> classes) {
    this.classes = classes;
    subgraph.inputs().forEach(value -> numbers.put(value, next++));
    subgraph.nodes().forEach(this::add);
  }

  /** Nodes that may do the same: in modules of one kind, by one operation. */
  private record Like(String module, String operation, long channels) {}

  /** Nodes that do the same. */
  private record Key(Like like, List<Integer> reads) {}

  /** A line that grows. */
  private static final class Line {
    private final int number;
    private final String what;
    private int count;

    Line(int number, String what) {
      this.number = number;
      this.what = what;
    }
  }

  private void add(Node node) {
    Like like =
        new Like(ModuleRow.kind(node.module()), operation(node), node.output().channels());
    List<Integer> reads = new ArrayList<>();
    for (Value value : node.inputs()) {
      int read = numbers.get(value);
      boolean grows = node.op().consumesFirst() && like.equals(likes.get(read));
      reads.add(grows ? ITSELF : read);
    }
    Line line = lines.computeIfAbsent(new Key(like, reads), key -> new Line(next++, what(node)));
    line.count++;
    numbers.put(node.output(), line.number);
    likes.put(line.number, like);
  }

  /** The operation with its settings, but for whose it is. */
  private static String operation(Node node) {
    return node.op().toString().replace(node.module(), "").replaceAll("expert=\\d+", "expert");
  }

  private String what(Node node) {
    boolean isModule = node.op().parameters().contains(node.module() + ".weight");
    return isModule ? classes.getOrDefault(node.module(), "") : node.op().label();
  }

  /** The lines in order; what the subgraph is given has the numbers before. */
  List<FlowLine> lines() {
    List<FlowLine> told = new ArrayList<>();
    lines.forEach(
        (key, line) ->
            told.add(
                new FlowLine(
                    line.number,
                    key.like.module,
                    line.what,
                    key.reads.stream().map(read -> read == ITSELF ? line.number : read).toList(),
                    key.like.channels,
                    line.count)));
    return told;
  }

  /** The number of the line that makes a value, or of the value if it is given. */
  int number(Value value) {
    return numbers.get(value);
  }
}
