/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;

/** Runs nodes in order and frees each tensor after its last use. */
public final class Interpreter {
  private final List<Node> nodes;
  private final Map<Value, Integer> lastUse = new HashMap<>();

  public Interpreter(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
    for (int i = 0; i < nodes.size(); i++) {
      int index = i;
      nodes.get(i).inputs().forEach(value -> lastUse.put(value, index));
    }
  }

  /**
   * Runs the nodes on given values, and shows each wanted value to the visitor as soon as it
   * exists. What the visitor is shown is freed afterwards, or written over.
   */
  public void run(
      Frame frame, Map<Value, Tensor> given, Set<Value> wanted, BiConsumer<Value, Tensor> visitor) {
    Map<Value, Tensor> live = new HashMap<>(given);
    Map<Value, Holding> made = new HashMap<>();
    try {
      given.forEach((value, tensor) -> visitIfWanted(value, tensor, wanted, visitor));
      for (int i = 0; i < nodes.size(); i++) {
        Node node = nodes.get(i);
        boolean ownsFirst = ownsFirst(node, i, made.keySet());
        Holding holding = made.computeIfAbsent(node.output(), value -> new Holding());
        Tensor output = apply(node, frame, live, ownsFirst, holding);
        live.put(node.output(), output);
        visitIfWanted(node.output(), output, wanted, visitor);
        freeUnused(node, i, live, made);
      }
    } finally {
      made.values().forEach(Holding::close);
    }
  }

  private static void visitIfWanted(
      Value value, Tensor tensor, Set<Value> wanted, BiConsumer<Value, Tensor> visitor) {
    if (wanted.contains(value)) {
      visitor.accept(value, tensor);
    }
  }

  /** Whether nobody needs the first input of a node any more. */
  private boolean ownsFirst(Node node, int index, Set<Value> made) {
    if (!node.op().consumesFirst()) {
      return false;
    }
    Value first = node.inputs().get(0);
    return made.contains(first)
        && lastUse.get(first) == index
        && node.inputs().lastIndexOf(first) == 0;
  }

  private static Tensor apply(
      Node node, Frame frame, Map<Value, Tensor> live, boolean ownsFirst, Holding holding) {
    try (Scope scope = Scope.open()) {
      List<Tensor> inputs = new ArrayList<>(node.inputs().stream().map(live::get).toList());
      if (node.op().consumesFirst() && !ownsFirst) {
        inputs.set(0, inputs.get(0).clone());
      }
      return holding.hold(node.op().apply(frame, inputs));
    }
  }

  private void freeUnused(Node node, int index, Map<Value, Tensor> live, Map<Value, Holding> made) {
    for (Value input : node.inputs()) {
      if (lastUse.get(input) == index) {
        free(input, live, made);
      }
    }
    if (!lastUse.containsKey(node.output())) {
      free(node.output(), live, made);
    }
  }

  private static void free(Value value, Map<Value, Tensor> live, Map<Value, Holding> made) {
    live.remove(value);
    Holding holding = made.remove(value);
    if (holding != null) {
      holding.close();
    }
  }
}
