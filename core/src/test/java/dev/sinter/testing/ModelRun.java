/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.graph.Frame;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Node;
import dev.sinter.graph.Op;
import dev.sinter.graph.Partitioner;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.graph.Weights;
import dev.sinter.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/** A graph run on token ids: its logits and hidden states, under the names of the golden data. */
public final class ModelRun {
  private final Graph graph;
  private final Weights weights;

  public ModelRun(Graph graph, Weights weights) {
    this.graph = graph;
    this.weights = weights;
  }

  /** {@code logits}, and {@code hidden_0} to n, the last behind the final norm. */
  public Map<String, float[]> whole(Tensor ids_N, Sequences sequences) {
    Map<Value, String> names = names();
    Map<String, float[]> outputs = new TreeMap<>();
    run(
        graph.nodes(),
        Map.of(graph.input(), ids_N),
        sequences,
        names,
        outputs,
        new LinkedHashMap<>());
    return outputs;
  }

  /** The same, one subgraph after another; what passes between them is all that they share. */
  public Map<String, float[]> inSubgraphs(Tensor ids_N, Sequences sequences) {
    return inSubgraphs(ids_N, sequences, layers());
  }

  public Map<String, float[]> inSubgraphs(
      Tensor ids_N, Sequences sequences, List<Subgraph> subgraphs) {
    Map<Value, String> names = names();
    Map<String, float[]> outputs = new TreeMap<>();
    Map<Value, Tensor> between = new LinkedHashMap<>();
    between.put(graph.input(), ids_N);
    for (Subgraph subgraph : subgraphs) {
      Map<Value, Tensor> given = new LinkedHashMap<>();
      subgraph.inputs().forEach(value -> given.put(value, between.get(value)));
      subgraph.outputs().forEach(value -> between.putIfAbsent(value, null));
      run(subgraph.nodes(), given, sequences, names, outputs, between);
    }
    return outputs;
  }

  private void run(
      List<Node> nodes,
      Map<Value, Tensor> given,
      Sequences sequences,
      Map<Value, String> names,
      Map<String, float[]> outputs,
      Map<Value, Tensor> kept) {
    Map<Value, String> wanted = new LinkedHashMap<>(names);
    kept.keySet().forEach(value -> wanted.putIfAbsent(value, ""));
    new Interpreter(nodes)
        .run(
            Frame.of(weights, sequences),
            given,
            wanted.keySet(),
            (value, tensor) -> {
              if (names.containsKey(value)) {
                outputs.put(names.get(value), Tensors.floats(tensor));
              }
              if (kept.containsKey(value)) {
                kept.put(value, tensor.clone());
              }
            });
  }

  private List<Subgraph> layers() {
    return Partitioner.layers(graph);
  }

  private Map<Value, String> names() {
    Map<Value, String> names = new LinkedHashMap<>();
    List<Subgraph> subgraphs = layers();
    int layers = subgraphs.size() - 2;
    for (int i = 0; i < layers; i++) {
      names.put(subgraphs.get(i).outputs().get(0), "hidden_" + i);
    }
    // The head's input.
    subgraphs.get(layers + 1).nodes().stream()
        .filter(node -> node.op() instanceof Op.Linear)
        .forEach(node -> names.put(node.inputs().get(0), "hidden_" + layers));
    names.put(graph.output(), "logits");
    return names;
  }
}
