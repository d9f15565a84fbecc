/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Graph;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import dev.sinter.testing.GoldenModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FusedSetsTest {
  private static List<String> linears(Graph graph) {
    return graph.modules().stream()
        .filter(module -> module.className().equals(ModuleInfo.LINEAR))
        .map(ModuleInfo::name)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-fp32",
        "qwen3-fp32",
        "gemma3-fp32",
        "olmo2-fp32",
        "qwen3_moe-fp32",
        "qwen2_moe-fp32",
        "mixtral-fp32",
        "gpt_oss-fp32",
        "deepseek_v2-fp32",
        "deepseek_v3-fp32",
        "opt-fp32"
      })
  void whatClientsFuseByNameReadsOneValue(String model) {
    Graph graph = GoldenModel.named(model).graph();

    assertThat(new FusedSets(Optional.of(graph)).among(linears(graph)))
        .isNotEmpty()
        .isEqualTo(new FusedSets(Optional.empty()).among(linears(graph)));
  }

  @Test
  void whatReadsAnotherValueIsNotFused() {
    Tracer tracer = new Tracer();
    Value ids = tracer.input();
    Value x = tracer.linear("start", ids, 4, Bias.ABSENT);
    Value other = tracer.apply(Activation.RELU, x);
    tracer.linear("attention.q_proj", other, 4, Bias.ABSENT);
    tracer.linear("attention.k_proj", x, 4, Bias.ABSENT);
    Value v = tracer.linear("attention.v_proj", x, 4, Bias.ABSENT);
    Graph graph = tracer.finish(ids, v, "Layer");

    assertThat(new FusedSets(Optional.of(graph)).among(linears(graph)))
        .containsExactly(List.of("attention.k_proj", "attention.v_proj"));
    assertThat(new FusedSets(Optional.empty()).among(linears(graph)))
        .containsExactly(List.of("attention.q_proj", "attention.k_proj", "attention.v_proj"));
  }
}
