/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.sinter.graph.SequentialTargets;
import dev.sinter.plan.GraphOutline.Part;
import dev.sinter.plan.SubgraphOutline.KvPoint;
import dev.sinter.plan.SubgraphOutline.Pair;
import dev.sinter.testing.GoldenModel;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GraphOutlineTest {
  private static final String LAYER = "model.layers.*.";

  private static GraphOutline outline(String model, SequentialTargets targets) {
    return GraphOutline.of(GoldenModel.named(model).graph(), targets);
  }

  private static List<String> flow(Part part) {
    return part.outline().flow().stream()
        .map(
            line ->
                line.number()
                    + " "
                    + line.module().replace(LAYER, "")
                    + " "
                    + line.what()
                    + " "
                    + line.channels()
                    + " "
                    + line.reads()
                    + (line.count() == 1 ? "" : " x" + line.count()))
        .toList();
  }

  @Test
  void layersThatAreAlikeAreToldOnce() {
    GraphOutline outline = outline("llama-fp32", SequentialTargets.LAYERS);

    assertThat(outline.parts())
        .extracting(Part::title)
        .containsExactly("(before the layers)", "model.layers.0..2", "(behind the layers)");
    assertThat(flow(outline.parts().get(1)))
        .containsExactly(
            "1 input_layernorm LlamaRMSNorm 64 [0]",
            "2 self_attn.q_proj Linear 64 [1]",
            "3 self_attn.k_proj Linear 32 [1]",
            "4 self_attn.v_proj Linear 32 [1]",
            "5 self_attn rope 64 [2]",
            "6 self_attn rope 32 [3]",
            "7 self_attn attention, 4 heads on 2 64 [5, 6, 4]",
            "8 self_attn.o_proj Linear 64 [7]",
            "9 model.layers.* add 64 [0, 8]",
            "10 post_attention_layernorm LlamaRMSNorm 64 [9]",
            "11 mlp.gate_proj Linear 128 [10]",
            "12 mlp.up_proj Linear 128 [10]",
            "13 mlp silu 128 [11]",
            "14 mlp multiply 128 [13, 12]",
            "15 mlp.down_proj Linear 64 [14]",
            "16 model.layers.* add 64 [9, 15]");
    SubgraphOutline layer = outline.parts().get(1).outline();
    assertThat(layer.sent()).containsExactly(16);
    assertThat(layer.parameters())
        .isEqualTo(2 * 64 + 2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128);
    assertThat(layer.kvPoints()).containsExactly(new KvPoint(LAYER + "self_attn", 32, 32));
    assertThat(outline.notices()).isEmpty();
  }

  @Test
  void whatWasFoundOfALayerIsToldByKind() {
    SubgraphOutline layer =
        outline("llama-fp32", SequentialTargets.LAYERS).parts().get(1).outline();

    assertThat(layer.inputGroups())
        .containsExactly(
            entry(
                List.of(
                    LAYER + "self_attn.q_proj",
                    LAYER + "self_attn.k_proj",
                    LAYER + "self_attn.v_proj"),
                1),
            entry(List.of(LAYER + "self_attn.o_proj"), 1),
            entry(List.of(LAYER + "mlp.gate_proj", LAYER + "mlp.up_proj"), 1),
            entry(List.of(LAYER + "mlp.down_proj"), 1));
    assertThat(layer.pairs())
        .containsEntry(
            new Pair(LAYER + "mlp.up_proj", List.of(LAYER + "mlp.down_proj"), List.of()), 1)
        .hasSize(3);
    assertThat(layer.unpaired())
        .containsExactly(
            entry(
                "4 query heads share 2 value heads, and their columns would need equal factors",
                List.of(LAYER + "self_attn.o_proj")));
  }

  @Test
  void layersOfTwoKindsStandApart() {
    assertThat(outline("gemma3-fp32", SequentialTargets.LAYERS).parts())
        .extracting(Part::title)
        .containsExactly(
            "(before the layers)",
            "model.layers.0..4,6",
            "model.layers.5",
            "(behind the layers)");
  }

  @Test
  void expertsAreToldOnce() {
    Part layer = outline("qwen3_moe-fp32", SequentialTargets.LAYERS).parts().get(1);
    int experts = 8;

    assertThat(flow(layer))
        .filteredOn(line -> line.contains("experts.*"))
        .containsExactly(
            "16 mlp.experts.* tokens of the expert 64 [12, 14] x" + experts,
            "17 mlp.experts.*.gate_proj Linear 64 [16] x" + experts,
            "18 mlp.experts.*.up_proj Linear 64 [16] x" + experts,
            "19 mlp.experts.* silu 64 [17] x" + experts,
            "20 mlp.experts.* multiply 64 [19, 18] x" + experts,
            "21 mlp.experts.*.down_proj Linear 64 [20] x" + experts,
            "22 mlp.experts.* add the expert's output 64 [15, 21, 14]",
            "23 mlp.experts.* add the expert's output 64 [23, 21, 14] x" + (experts - 1));
    assertThat(layer.outline().inputGroups())
        .containsEntry(
            List.of(LAYER + "mlp.experts.*.gate_proj", LAYER + "mlp.experts.*.up_proj"), experts)
        .containsEntry(List.of(LAYER + "mlp.experts.*.down_proj"), experts);
    assertThat(layer.outline().pairs())
        .containsEntry(
            new Pair(
                LAYER + "mlp.experts.*.up_proj",
                List.of(LAYER + "mlp.experts.*.down_proj"),
                List.of()),
            experts)
        .containsEntry(
            new Pair(
                LAYER + "post_attention_layernorm",
                List.of(LAYER + "mlp.experts.*.gate_proj", LAYER + "mlp.experts.*.up_proj"),
                List.of(LAYER + "mlp.gate")),
            1);
  }

  @Test
  void cutsThatSendMoreOnAreSaid() {
    GraphOutline halves =
        outline("llama-fp32", SequentialTargets.of("LlamaAttention", "LlamaMLP"));
    assertThat(halves.parts())
        .extracting(Part::title)
        .containsExactly(
            "(before the layers)",
            "model.layers.0..2.self_attn",
            "model.layers.0..2.mlp",
            "(behind the layers)");
    assertThat(halves.notices()).isEmpty();

    GraphOutline linears = outline("llama-fp32", SequentialTargets.of("Linear"));
    assertThat(linears.notices())
        .containsExactly(
            "3 values of 256 channels are sent on behind model.layers.0.mlp.gate_proj, and 64 channels behind a layer: activations on disk grow by as much");
    Part keys = linears.parts().get(2);
    assertThat(keys.title()).isEqualTo("model.layers.0..2.self_attn.k_proj");
    assertThat(keys.outline().given()).containsExactly(64L, 64L, 64L);
    assertThat(keys.outline().sentChannels()).isEqualTo(64 * 3 + 32);
  }

  @Test
  void namesThatDifferInOneNumberBecomeOne() {
    assertThat(NameRanges.of(List.of("h.3"))).isEqualTo("h.3");
    assertThat(NameRanges.of(List.of("h.0.attn", "h.1.attn", "h.10.attn")))
        .isEqualTo("h.0..1,10.attn");
    assertThat(
            NameRanges.of(
                IntStream.range(0, 4).mapToObj(i -> "layers." + i / 2 + ".experts." + i % 2).toList()))
        .isEqualTo("layers.*.experts.*");
    assertThat(NameRanges.of(List.of("layers.0.experts.4", "layers.0.experts.5")))
        .isEqualTo("layers.0.experts.4..5");
  }
}
