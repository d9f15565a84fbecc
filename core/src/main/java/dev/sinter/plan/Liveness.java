/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Node;
import dev.sinter.graph.Value;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many channels of a micro-batch exist at once while nodes run, each freed when it is done. */
final class Liveness {
  private Liveness() {}

  /**
   * The most channels at once, what an operation makes and as much again for its work counted.
   *
   * @param given what exists before
   * @param wanted what is kept to the end
   */
  static long widest(List<Node> nodes, Collection<Value> given, Set<Value> wanted) {
    Map<Value, Integer> lastUse = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      int index = i;
      nodes.get(i).inputs().forEach(value -> lastUse.put(value, index));
    }
    Set<Value> live = new HashSet<>(given);
    long channels = given.stream().mapToLong(Value::channels).sum();
    long widest = channels;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      long made = node.output().channels();
      widest = Math.max(widest, channels + 2 * made);
      live.add(node.output());
      channels += made;
      for (Value input : node.inputs()) {
        // What was given belongs to the caller, who holds it to the end.
        boolean done = lastUse.get(input) == i && !given.contains(input) && !wanted.contains(input);
        if (done && live.remove(input)) {
          channels -= input.channels();
        }
      }
    }
    return widest;
  }
}
