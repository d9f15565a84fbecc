/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Node;
import dev.sinter.graph.Partitioner;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The traced model computes what Transformers computes. */
class LlamaGoldenTest {
  private static final Logger LOG = LoggerFactory.getLogger(LlamaGoldenTest.class);

  @ParameterizedTest
  @ValueSource(strings = {"llama-fp32", "llama_bias-fp32", "llama3_rope-fp32"})
  void agreesWithTheReferenceInFp32(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    try (Scope scope = Scope.open()) {
      Map<String, float[]> expected = floats(model.reference());
      Map<String, float[]> found = outputs(model, false);

      found.forEach(
          (value, floats) -> {
            double error = relativeError(floats, expected.get(value));
            LOG.info("{} {}: relative error {}", name, value, error);
            assertThat(error).as(value).isLessThanOrEqualTo(1e-5);
          });
      assertThat(found).containsOnlyKeys("hidden_0", "hidden_1", "hidden_2", "hidden_3", "logits");
    }
  }

  @Test
  void agreesWithTheReferenceInBf16AsWellAsBf16Can() throws IOException {
    GoldenModel model = GoldenModel.named("llama-bf16");
    try (Scope scope = Scope.open()) {
      Map<String, float[]> expected = floats(model.reference());
      Map<String, float[]> exact = floats(GoldenModel.named("llama-fp32").reference());
      Map<String, float[]> found = outputs(model, false);

      found.forEach(
          (value, floats) -> {
            double error = relativeError(floats, expected.get(value));
            double errorOfType = relativeError(expected.get(value), exact.get(value));
            LOG.info("bf16 {}: relative error {}, and of the type {}", value, error, errorOfType);
            assertThat(error).as(value).isLessThanOrEqualTo(2 * errorOfType);
          });
    }
  }

  @Test
  void subgraphsInTurnComputeWhatTheWholeDoes() throws IOException {
    GoldenModel model = GoldenModel.named("llama3_rope-fp32");
    try (Scope scope = Scope.open()) {
      Map<String, float[]> whole = outputs(model, false);
      Map<String, float[]> inTurn = outputs(model, true);

      assertThat(inTurn.keySet()).isEqualTo(whole.keySet());
      whole.forEach((value, floats) -> assertThat(inTurn.get(value)).as(value).isEqualTo(floats));
    }
  }

  /** The logits and the hidden states, as the reference names them. */
  private static Map<String, float[]> outputs(GoldenModel model, boolean inSubgraphs)
      throws IOException {
    Graph graph = model.graph();
    Map<Value, String> names = names(graph);
    Map<String, float[]> outputs = new TreeMap<>();
    Map<Value, Tensor> live = new LinkedHashMap<>();
    live.put(graph.input(), model.reference().get("input_ids"));
    var weights = model.weights();
    List<List<Node>> runs =
        inSubgraphs
            ? Partitioner.byModulesOfClass(graph, graph.layerClass()).stream()
                .map(Subgraph::nodes)
                .toList()
            : List.of(graph.nodes());
    for (List<Node> nodes : runs) {
      Map<Value, Tensor> given = new LinkedHashMap<>(live);
      new Interpreter(nodes)
          .run(
              weights,
              given,
              names.keySet(),
              (value, tensor) -> {
                outputs.put(names.get(value), Tensors.floats(tensor));
                live.put(value, tensor.clone());
              });
    }
    outputs.remove("before norm");
    return outputs;
  }

  private static Map<Value, String> names(Graph graph) {
    Map<Value, String> names = new LinkedHashMap<>();
    List<Subgraph> subgraphs = Partitioner.byModulesOfClass(graph, graph.layerClass());
    int layers = subgraphs.size() - 2;
    for (int i = 0; i < layers; i++) {
      names.put(subgraphs.get(i).outputs().get(0), "hidden_" + i);
    }
    names.put(subgraphs.get(layers).outputs().get(0), "before norm");
    for (Node node : graph.nodes()) {
      if (node.module().equals("model.norm")) {
        names.put(node.output(), "hidden_" + layers);
      }
    }
    names.put(graph.output(), "logits");
    return names;
  }

  private static Map<String, float[]> floats(Map<String, Tensor> tensors) {
    Map<String, float[]> floats = new TreeMap<>();
    tensors.forEach((name, tensor) -> floats.put(name, Tensors.floats(tensor)));
    return floats;
  }

  /** The largest difference by the largest value. */
  private static double relativeError(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isFinite();
      difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}
