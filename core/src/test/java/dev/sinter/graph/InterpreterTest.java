/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class InterpreterTest {
  private static Frame frame(Weights weights) {
    return Frame.of(weights, Sequences.of(1));
  }

  @Test
  void nativeMemoryDoesNotGrowWithTheLayers() throws IOException {
    GoldenModel model = GoldenModel.named("llama-fp32");
    Graph graph = model.graph();
    Set<Value> layerOutputs = new HashSet<>();
    Partitioner.layers(graph).subList(1, 4).forEach(layer -> layerOutputs.addAll(layer.outputs()));
    List<Long> pointers = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      Frame frame = Frame.of(model.weights(graph), Sequences.of(48, 48));
      Tensor ids = model.reference().get("input_ids").view(-1);

      new Interpreter(graph.nodes())
          .run(
              frame,
              Map.of(graph.input(), ids),
              layerOutputs,
              (value, tensor) -> pointers.add(Pointer.totalCount()));
    }
    assertThat(pointers).hasSize(3);
    assertThat(pointers.get(2)).isEqualTo(pointers.get(1)).isEqualTo(pointers.get(0));
  }

  @Test
  void freesEverythingThatItMade() {
    Value input = new Value(0, 1);
    Value made = new Value(1, 1);
    Value unused = new Value(2, 1);
    List<Node> nodes =
        List.of(
            new Node(Activation.SILU, List.of(input), made, ""),
            new Node(Activation.SILU, List.of(made), unused, ""));
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.of(new float[] {1, 2}, 2);
      long before = Pointer.totalCount();

      new Interpreter(nodes)
          .run(frame(name -> null), Map.of(input, x), Set.of(), (value, tensor) -> {});

      assertThat(Pointer.totalCount()).isEqualTo(before);
    }
  }

  @Test
  void freesEverythingWhenAnOperationFails() {
    Value input = new Value(0, 1);
    Value made = new Value(1, 1);
    List<Node> nodes =
        List.of(
            new Node(Activation.SILU, List.of(input), made, ""),
            new Node(new Op.Embedding("missing", 1), List.of(made), new Value(2, 1), ""));
    Weights none =
        name -> {
          throw new IllegalStateException("no " + name);
        };
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.of(new float[] {1, 2}, 2);
      long before = Pointer.totalCount();

      assertThatThrownBy(
              () ->
                  new Interpreter(nodes)
                      .run(frame(none), Map.of(input, x), Set.of(), (value, tensor) -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no missing.weight");
      assertThat(Pointer.totalCount()).isEqualTo(before);
    }
  }

  @Test
  void showsEachWantedValueOnceGivenOnesToo() {
    Value input = new Value(0, 1);
    Value first = new Value(1, 1);
    Value second = new Value(2, 1);
    List<Node> nodes =
        List.of(
            new Node(new Elementwise.Add(), List.of(input, input), first, ""),
            new Node(new Elementwise.Multiply(), List.of(first, input), second, ""));
    List<String> shown = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.of(new float[] {3}, 1);

      new Interpreter(nodes)
          .run(
              frame(name -> null),
              Map.of(input, x),
              Set.of(input, first, second),
              (value, tensor) -> shown.add(value.id() + "=" + Tensors.floats(tensor)[0]));
    }
    assertThat(shown).containsExactly("0=3.0", "1=6.0", "2=18.0");
  }

  /** Adds one to its input, where it may. */
  private record Increment() implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return inputs.get(0).add_(new Scalar(1));
    }

    @Override
    public boolean consumesFirst() {
      return true;
    }
  }

  @Test
  void consumingOperationTakesOverWhatNobodyElseNeeds() {
    Value input = new Value(0, 1);
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node(Activation.RELU, List.of(input), new Value(1, 1), ""));
    for (int i = 1; i < 4; i++) {
      nodes.add(new Node(new Increment(), List.of(new Value(i, 1)), new Value(i + 1, 1), ""));
    }
    List<Long> addresses = new ArrayList<>();
    List<Float> values = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.of(new float[] {3}, 1);
      long before = Pointer.totalCount();

      new Interpreter(nodes)
          .run(
              frame(name -> null),
              Map.of(input, x),
              Set.of(new Value(1, 1), new Value(3, 1), new Value(4, 1)),
              (value, tensor) -> {
                addresses.add(tensor.data_ptr().address());
                values.add(Tensors.floats(tensor)[0]);
              });

      assertThat(Pointer.totalCount()).isEqualTo(before);
    }
    assertThat(values).containsExactly(3f, 5f, 6f);
    assertThat(addresses).containsOnly(addresses.get(0));
  }

  @Test
  void consumingOperationLeavesWhatOthersNeed() {
    Value input = new Value(0, 1);
    Value made = new Value(1, 1);
    List<Node> nodes =
        List.of(
            new Node(new Increment(), List.of(input), made, ""),
            new Node(new Increment(), List.of(made), new Value(2, 1), ""),
            new Node(new Elementwise.Add(), List.of(made, input), new Value(3, 1), ""));
    List<String> shown = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.of(new float[] {3}, 1);

      new Interpreter(nodes)
          .run(
              frame(name -> null),
              Map.of(input, x),
              Set.of(new Value(2, 1), new Value(3, 1)),
              (value, tensor) -> shown.add(value.id() + "=" + Tensors.floats(tensor)[0]));

      assertThat(Tensors.floats(x)).containsExactly(3);
    }
    assertThat(shown).containsExactly("2=5.0", "3=7.0");
  }
}
