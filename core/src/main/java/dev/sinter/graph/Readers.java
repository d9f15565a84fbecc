/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which operations read each value. */
final class Readers {
  private final Map<Value, List<Use>> uses = new HashMap<>();

  /** An operation that reads a value, as one of its inputs. */
  record Use(Node node, int index) {
    Carry carry() {
      return node.op().carry(node.inputs(), index);
    }
  }

  Readers(Graph graph) {
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        uses.computeIfAbsent(node.inputs().get(i), value -> new ArrayList<>())
            .add(new Use(node, i));
      }
    }
  }

  List<Use> of(Value value) {
    return uses.getOrDefault(value, List.of());
  }
}
