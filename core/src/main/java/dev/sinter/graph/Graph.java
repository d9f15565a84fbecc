/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.List;

/** A traced model: token ids in, logits out. */
public record Graph(
    List<ModuleInfo> modules,
    List<Parameter> parameters,
    List<Node> nodes,
    Value input,
    Value output,
    String layerClass)
    implements Serializable {
  public Graph {
    modules = List.copyOf(modules);
    parameters = List.copyOf(parameters);
    nodes = List.copyOf(nodes);
  }
}
