/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.List;

/**
 * One operation of the model: what it reads, what it makes, and the module inside which it stands.
 */
public record Node(Op op, List<Value> inputs, Value output, String module) implements Serializable {
  public Node {
    inputs = List.copyOf(inputs);
  }
}
