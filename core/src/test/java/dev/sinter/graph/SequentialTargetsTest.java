/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.sinter.problem.RequestException;
import dev.sinter.tensor.Scope;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.ModelRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SequentialTargetsTest {
  private static final String BEFORE = "(before the layers)";
  private static final String BEHIND = "(behind the layers)";
  private static final Graph LLAMA = GoldenModel.named("llama-fp32").graph();
  private static final Graph EXPERTS = GoldenModel.named("qwen3_moe-fp32").graph();
  private static final long HIDDEN = 64;

  private static List<Subgraph> cut(Graph graph, String... rules) {
    return Partitioner.partition(graph, SequentialTargets.of(rules));
  }

  private static List<String> names(List<Subgraph> subgraphs) {
    return subgraphs.stream().map(Subgraph::name).toList();
  }

  private static List<String> linears(Subgraph subgraph) {
    return subgraph.nodes().stream()
        .filter(node -> node.op() instanceof Op.Linear)
        .map(node -> ((Op.Linear) node.op()).module())
        .toList();
  }

  private static long width(List<Value> values) {
    return values.stream().mapToLong(Value::channels).sum();
  }

  @Test
  void attentionAndMlpAreCutWhereTheResidualStreamAloneCrosses() {
    List<Subgraph> cut = cut(LLAMA, "LlamaAttention", "LlamaMLP");

    assertThat(names(cut))
        .containsExactly(
            BEFORE,
            "model.layers.0.self_attn",
            "model.layers.0.mlp",
            "model.layers.1.self_attn",
            "model.layers.1.mlp",
            "model.layers.2.self_attn",
            "model.layers.2.mlp",
            BEHIND);
    assertThat(cut.subList(0, 7)).allMatch(subgraph -> width(subgraph.outputs()) == HIDDEN);
    assertThat(linears(cut.get(1))).hasSize(4).allMatch(name -> name.contains(".0.self_attn."));
    assertThat(linears(cut.get(2))).hasSize(3).allMatch(name -> name.contains(".0.mlp."));
  }

  @Test
  void whatStandsBetweenTwoTargetsGoesWithTheFirstIfItIsCalibrated() {
    List<Subgraph> cut = cut(LLAMA, "LlamaMLP");

    assertThat(names(cut))
        .containsExactly(
            BEFORE,
            "before model.layers.0.mlp",
            "model.layers.0.mlp",
            "model.layers.1.mlp",
            "model.layers.2.mlp",
            BEHIND);
    assertThat(linears(cut.get(1))).hasSize(4).allMatch(name -> name.contains(".0.self_attn."));
    assertThat(linears(cut.get(2)))
        .contains("model.layers.0.mlp.down_proj", "model.layers.1.self_attn.o_proj")
        .hasSize(7);
    assertThat(linears(cut.get(4))).hasSize(3);
  }

  @Test
  void whatFollowsTheLastTargetWithinTheLayersGoesWithIt() {
    List<Subgraph> cut = cut(LLAMA, "LlamaAttention");

    assertThat(names(cut)).endsWith("model.layers.2.self_attn", BEHIND);
    assertThat(linears(cut.get(3))).hasSize(7).contains("model.layers.2.mlp.down_proj");
    assertThat(linears(cut.get(4))).containsExactly("lm_head");
  }

  @Test
  void everyLinearAloneSendsOnWhatLaterOnesRead() {
    List<Subgraph> cut = cut(LLAMA, "Linear");

    assertThat(cut).hasSize(1 + 3 * 7 + 1);
    assertThat(cut.subList(1, cut.size())).allMatch(subgraph -> linears(subgraph).size() == 1);
    assertThat(names(cut).subList(1, 4))
        .containsExactly(
            "model.layers.0.self_attn.q_proj",
            "model.layers.0.self_attn.k_proj",
            "model.layers.0.self_attn.v_proj");
    // The residual stream, the norm's output and the queries.
    assertThat(width(cut.get(1).outputs())).isEqualTo(3 * HIDDEN);
    // Attention has been computed: its output and the residual stream are all that is left.
    assertThat(width(cut.get(3).outputs())).isEqualTo(2 * HIDDEN);
    assertThat(cut.get(22).name()).isEqualTo("lm_head");
  }

  @Test
  void targetInsideAnotherCutsNothing() {
    assertThat(cut(LLAMA, "LlamaDecoderLayer", "re:.*q_proj", "LlamaMLP"))
        .isEqualTo(Partitioner.layers(LLAMA));
  }

  @Test
  void namesAndExpressionsMeanModulesToo() {
    assertThat(names(cut(LLAMA, "model.layers.1", "re:model\\.layers\\.2$")))
        .containsExactly(
            BEFORE, "before model.layers.1", "model.layers.1", "model.layers.2", BEHIND);
  }

  @Test
  void severalTargetsStandInOneSubgraph() {
    assertThat(names(Partitioner.partition(LLAMA, new SequentialTargets(List.of("LlamaMLP"), 2))))
        .containsExactly(
            BEFORE,
            "before model.layers.0.mlp .. model.layers.1.mlp",
            "model.layers.0.mlp .. model.layers.1.mlp",
            "model.layers.2.mlp",
            BEHIND);
    assertThat(names(Partitioner.partition(LLAMA, new SequentialTargets(List.of(), 5))))
        .containsExactly(BEFORE, "model.layers.0 .. model.layers.2", BEHIND);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequentialTargets(List.of(), 0))
        .withMessage("0 targets in a subgraph");
  }

  @Test
  void targetsOutsideTheLayersAreSubgraphs() {
    assertThat(names(cut(LLAMA, "lm_head"))).containsExactly(BEFORE, "before lm_head", "lm_head");
    assertThat(names(cut(LLAMA, "model.embed_tokens", "LlamaDecoderLayer")).subList(0, 2))
        .containsExactly("model.embed_tokens", "model.layers.0");
  }

  @Test
  void expertsAreCutOneByOne() {
    List<Subgraph> cut = cut(EXPERTS, "Qwen3MoeAttention", "Qwen3MoeMLP");

    assertThat(names(cut)).contains("model.layers.1.mlp.experts.0", "model.layers.1.mlp.experts.1");
    assertThat(cut.stream().flatMap(subgraph -> subgraph.nodes().stream()))
        .containsExactlyElementsOf(EXPERTS.nodes());
  }

  @Test
  void targetThatMeansNothingNamesTheNearest() {
    assertThatThrownBy(
            () -> cut(LLAMA, "LlamaDecodeLayer", "model.layers.0.self_atn", "re:nothing"))
        .isInstanceOfSatisfying(
            RequestException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "The sequential target \"LlamaDecodeLayer\" means no module of the model. Did you mean LlamaDecoderLayer? Its classes are "
                            + CLASSES,
                        "The sequential target \"model.layers.0.self_atn\" means no module of the model. Did you mean model.layers.0.self_attn? Its classes are "
                            + CLASSES,
                        "The sequential target \"re:nothing\" means no module of the model. Its classes are "
                            + CLASSES));
  }

  private static final String CLASSES =
      "[LlamaModel, Embedding, LlamaDecoderLayer, LlamaRMSNorm, LlamaAttention, Linear, LlamaMLP]";

  static List<List<String>> cuts() {
    return List.of(
        List.of("Linear"),
        List.of("re:.*self_attn$", "re:.*mlp$"),
        List.of("re:.*mlp$"),
        List.of("re:.*down_proj", "re:.*o_proj"),
        List.of("re:.*norm$"),
        List.of("lm_head"));
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void subgraphsTakeOnlyWhatTheOnesBeforeGive(List<String> rules) {
    for (Graph graph : List.of(LLAMA, EXPERTS, GoldenModel.named("gemma3-fp32").graph())) {
      List<Subgraph> cut = Partitioner.partition(graph, new SequentialTargets(rules, 1));
      Set<Value> given = new HashSet<>(Set.of(graph.input()));
      List<Node> joined = new ArrayList<>();
      for (Subgraph subgraph : cut) {
        assertThat(given).containsExactlyInAnyOrderElementsOf(subgraph.inputs());
        Set<Value> known = new HashSet<>(subgraph.inputs());
        for (Node node : subgraph.nodes()) {
          assertThat(known).containsAll(node.inputs());
          known.add(node.output());
        }
        assertThat(known).containsAll(subgraph.outputs());
        given = new HashSet<>(subgraph.outputs());
        joined.addAll(subgraph.nodes());
      }
      assertThat(joined).isEqualTo(graph.nodes());
      assertThat(given).containsExactly(graph.output());
      assertThat(names(cut)).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-fp32", "gemma3-fp32", "qwen3_moe-fp32", "qwen2_moe-fp32"})
  void everyCutComputesTheSameToTheBit(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    Graph graph = model.graph();
    try (Scope scope = Scope.open()) {
      ModelRun run = new ModelRun(graph, model.weights(graph));
      Tensor ids_N = model.reference().get("input_ids").view(-1);
      Map<String, float[]> whole = run.whole(ids_N, Sequences.of(48, 48));
      for (List<String> rules : cuts()) {
        List<Subgraph> cut = Partitioner.partition(graph, new SequentialTargets(rules, 1));
        run.inSubgraphs(ids_N, Sequences.of(48, 48), cut)
            .forEach(
                (value, floats) ->
                    assertThat(floats).as("%s by %s", value, rules).isEqualTo(whole.get(value)));
      }
    }
  }

  @Test
  void largeGraphsAreCutInTimeThatGrowsWithThem() {
    Tracer tracer = new Tracer();
    Value input = tracer.input();
    Value x = input;
    for (int layer = 0; layer < 25_000; layer++) {
      try (var module = tracer.module("layers." + layer, "Layer")) {
        Value y = tracer.linear("a", x, 1, Op.Linear.Bias.ABSENT);
        y = tracer.linear("b", tracer.apply(Activation.SILU, y), 1, Op.Linear.Bias.ABSENT);
        x = tracer.apply(new Elementwise.Add(), x, y);
      }
    }
    Graph graph = tracer.finish(input, x, "Layer");

    // A second is many times what it takes; a cut that looked at all nodes for each one would
    // take minutes.
    assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          assertThat(cut(graph, "Linear")).hasSize(50_000);
          assertThat(Partitioner.layers(graph)).hasSize(25_000);
        });
  }
}
