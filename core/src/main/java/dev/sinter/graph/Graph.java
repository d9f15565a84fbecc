/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

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
    return nodes.stream()
        .filter(node -> node.op() instanceof Op.Embedding && node.inputs().contains(input))
        .flatMap(node -> node.op().parameters().stream())
        .map(this::parameter)
        .findFirst()
        .orElseThrow();
  }

  private Parameter parameter(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The parameters that a checkpoint keeps the other way round. */
  public Set<String> transposed() {
    return parameters.stream()
        .filter(parameter -> parameter.storage() == Parameter.Storage.TRANSPOSED)
        .map(Parameter::name)
        .collect(Collectors.toSet());
  }

  /** How many positions the model has learned, if it learns them. */
  public OptionalLong positions() {
    return nodes.stream()
        .filter(node -> node.op() instanceof LearnedPositions)
        .map(node -> (LearnedPositions) node.op())
        .mapToLong(
            positions -> parameter(positions.weight()).shape().dimension(0) - positions.offset())
        .min();
  }

  /** The modules that keep keys and values. */
  public List<String> attentions() {
    return nodes.stream()
        .filter(node -> node.op() instanceof Attention)
        .map(node -> ((Attention) node.op()).module())
        .toList();
  }
}
