/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.testing.GoldenModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartitionerTest {
  private final Graph graph = GoldenModel.named("llama-fp32").graph();
  private final List<Subgraph> subgraphs = Partitioner.layers(graph);

  @Test
  void cutsAtEachLayer() {
    assertThat(subgraphs)
        .extracting(Subgraph::name)
        .containsExactly(
            "(before the layers)",
            "model.layers.0",
            "model.layers.1",
            "model.layers.2",
            "(behind the layers)");
    List<Node> joined = new ArrayList<>();
    subgraphs.forEach(subgraph -> joined.addAll(subgraph.nodes()));
    assertThat(joined).isEqualTo(graph.nodes());
  }

  @Test
  void eachTakesWhatTheOneBeforeGives() {
    assertThat(subgraphs.get(0).inputs()).containsExactly(graph.input());
    for (int i = 1; i < subgraphs.size(); i++) {
      assertThat(subgraphs.get(i).inputs()).isEqualTo(subgraphs.get(i - 1).outputs()).hasSize(1);
    }
    assertThat(subgraphs.get(4).outputs()).containsExactly(graph.output());
  }

  @Test
  void valueThatIsNeededFurtherOnIsPassedThrough() {
    Tracer tracer = new Tracer();
    Value input = tracer.input();
    Value first;
    Value second;
    try (var layer = tracer.module("a", "Layer")) {
      first = tracer.apply(Activation.SILU, input);
    }
    try (var layer = tracer.module("b", "Layer")) {
      second = tracer.apply(Activation.SILU, first);
    }
    Value sum = tracer.apply(new Elementwise.Add(), second, input);

    List<Subgraph> cut = Partitioner.layers(tracer.finish(input, sum, "Layer"));

    assertThat(cut).extracting(Subgraph::name).containsExactly("a", "b", "(behind the layers)");
    assertThat(cut.get(0).outputs()).containsExactlyInAnyOrder(input, first);
    assertThat(cut.get(1).outputs()).containsExactlyInAnyOrder(input, second);
    assertThat(cut.get(2).outputs()).containsExactly(sum);
  }

  @Test
  void nameThatBeginsLikeAnothersIsAnotherModule() {
    Tracer tracer = new Tracer();
    Value value = tracer.input();
    Value input = value;
    for (String name : List.of("layers.1", "layers.10")) {
      try (var layer = tracer.module(name, "Layer")) {
        value = tracer.apply(Activation.SILU, value);
      }
    }

    assertThat(Partitioner.layers(tracer.finish(input, value, "Layer")))
        .extracting(Subgraph::name)
        .containsExactly("layers.1", "layers.10");
  }

  @Test
  void linearsThatReadOneValueAreGrouped() {
    String layer = "model.layers.1.";

    assertThat(subgraphs.get(2).linearsByInput().values())
        .extracting(group -> group.stream().map(Op.Linear::module).toList())
        .containsExactly(
            List.of(
                layer + "self_attn.q_proj", layer + "self_attn.k_proj", layer + "self_attn.v_proj"),
            List.of(layer + "self_attn.o_proj"),
            List.of(layer + "mlp.gate_proj", layer + "mlp.up_proj"),
            List.of(layer + "mlp.down_proj"));
  }

  @Test
  void sweepComputesNoProductBehindTheLastInput() {
    Subgraph layer = subgraphs.get(1);

    List<Node> nodes = layer.nodesFor(layer.linearsByInput().keySet());

    assertThat(linears(nodes))
        .doesNotContain("model.layers.0.mlp.down_proj")
        .contains("model.layers.0.self_attn.o_proj", "model.layers.0.mlp.gate_proj");
    assertThat(nodes).hasSize(layer.nodes().size() - 2);
  }

  @Test
  void nodesForAValueAreThoseItDependsOn() {
    Subgraph layer = subgraphs.get(1);
    Value inputOfMlp = layer.linearsByInput().keySet().stream().toList().get(0);

    List<Node> nodes = layer.nodesFor(Set.of(inputOfMlp));

    assertThat(nodes).hasSize(1);
    assertThat(nodes.get(0).op())
        .isEqualTo(new RmsNorm("model.layers.0.input_layernorm", 1e-6, RmsNorm.Scaling.ROUNDED));
  }

  @Test
  void nodesForAnythingStandInOrderAndSuffice() {
    for (Subgraph subgraph : subgraphs) {
      List<Node> nodes = subgraph.nodesFor(new HashSet<>(subgraph.outputs()));
      Set<Value> known = new LinkedHashSet<>(subgraph.inputs());
      for (Node node : nodes) {
        assertThat(known).containsAll(node.inputs());
        known.add(node.output());
      }
      assertThat(known).containsAll(subgraph.outputs());
    }
  }

  private static List<String> linears(List<Node> nodes) {
    return nodes.stream()
        .map(Node::op)
        .filter(Op.Linear.class::isInstance)
        .map(op -> ((Op.Linear) op).module())
        .toList();
  }
}
