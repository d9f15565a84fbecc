/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A traced model: token ids in, logits out.
 *
 * @param ties parameters that are others where a checkpoint does not hold them, as a tied head is
 *     the embedding
 */
public record Graph(
    List<ModuleInfo> modules,
    List<Parameter> parameters,
    Map<String, String> ties,
    List<Node> nodes,
    Value input,
    Value output,
    String layerClass)
    implements Serializable {
  public Graph {
    modules = List.copyOf(modules);
    parameters = List.copyOf(parameters);
    ties = Map.copyOf(ties);
    nodes = List.copyOf(nodes);
  }

  /** The table that token ids are rows of. */
  public Parameter embedding() {
    String name =
        nodes.stream()
            .filter(node -> node.op() instanceof Op.Embedding && node.inputs().contains(input))
            .flatMap(node -> node.op().parameters().stream())
            .findFirst()
            .orElseThrow();
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Where keys and values are kept for tokens to come.
   *
   * @param module the attention module
   * @param keys what is kept of the keys, heads side by side
   * @param values what is kept of the values
   */
  public record KvPoint(String module, Attention.Heads heads, Value keys, Value values) {}

  /** The points where keys and values are kept, in order. */
  public List<KvPoint> kvPoints() {
    List<KvPoint> points = new ArrayList<>();
    for (Node node : nodes) {
      if (node.op() instanceof Attention attention) {
        points.add(
            new KvPoint(
                attention.module(), attention.heads(), node.inputs().get(1), node.inputs().get(2)));
      }
    }
    return points;
  }

  /** The modules that keep keys and values. */
  public List<String> attentions() {
    return kvPoints().stream().map(KvPoint::module).toList();
  }
}
