/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.modifier.Smoothing;
import dev.sinter.modifier.Smoothing.Choice;
import dev.sinter.testing.GoldenModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pairs of small models of several families settings mean. */
class PairSettingsTest {
  private static final String AWQ = "AWQModifier";
  private static final String SMOOTH_QUANT = "SmoothQuantModifier";

  private static Choice choice(String model, String method, String settings) {
    Graph graph = GoldenModel.named(model).graph();
    Smoothing smoothing = SmoothedModel.modifier(method, settings).smoothing().orElseThrow();
    return smoothing.pairs(SmoothingPairs.of(graph), graph.modules());
  }

  /** The pairs of the first layer, without its name. */
  private static List<String> firstLayer(Choice choice) {
    return choice.pairs().stream()
        .map(PairSettingsTest::text)
        .filter(text -> text.matches(".*(layers|h)\\.0\\..*"))
        .map(text -> text.replaceAll("[a-z._]*(layers|h)\\.0\\.", ""))
        .toList();
  }

  private static String text(SmoothingPair pair) {
    return pair.producer() + " -> " + String.join(" ", pair.linears());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama-fp32 | input_layernorm -> self_attn.q_proj self_attn.k_proj self_attn.v_proj;"
            + " post_attention_layernorm -> mlp.gate_proj mlp.up_proj;"
            + " mlp.up_proj -> mlp.down_proj",
        "phi3-fp32 | input_layernorm -> self_attn.qkv_proj;"
            + " post_attention_layernorm -> mlp.gate_up_proj; mlp.gate_up_proj -> mlp.down_proj",
        "olmo2-fp32 | mlp.up_proj -> mlp.down_proj",
        "gpt2-fp32 | ln_1 -> attn.c_attn; attn.c_attn -> attn.c_proj; ln_2 -> mlp.c_fc"
      })
  void awqScalesAllPairsOfLayers(String model, String expected) {
    Choice choice = choice(model, AWQ, "");

    assertThat(String.join("; ", firstLayer(choice))).isEqualTo(expected);
    assertThat(choice.notices()).isEmpty();
    assertThat(choice.problems()).isEmpty();
    assertThat(choice.pairs()).noneMatch(pair -> pair.linears().contains("lm_head"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama-fp32 | input_layernorm -> self_attn.q_proj self_attn.k_proj self_attn.v_proj;"
            + " post_attention_layernorm -> mlp.gate_proj mlp.up_proj",
        "gpt2-fp32 | ln_1 -> attn.c_attn; ln_2 -> mlp.c_fc"
      })
  void smoothQuantSmoothsNorms(String model, String expected) {
    Choice choice = choice(model, SMOOTH_QUANT, "");

    assertThat(String.join("; ", firstLayer(choice))).isEqualTo(expected);
    assertThat(choice.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {AWQ, SMOOTH_QUANT})
  void whatRoutersReadIsLeftOutAndSaid(String method) {
    Choice choice = choice("qwen3_moe-fp32", method, "");

    assertThat(choice.pairs()).isNotEmpty().allMatch(pair -> pair.routers().isEmpty());
    assertThat(choice.problems()).isEmpty();
    assertThat(choice.notices())
        .singleElement()
        .asString()
        .matches(
            "what model\\.layers\\.0\\.post_attention_layernorm and \\d others like it put out is"
                + " not smoothed, since a router reads it \\(model\\.layers\\.0\\.mlp\\.gate\\);"
                + " write mappings that name it to have it smoothed and the router scaled");
  }

  @Test
  void whatRoutersReadIsSmoothedWhereItIsMapped() {
    Choice choice =
        choice(
            "qwen3_moe-fp32",
            AWQ,
            "\"mappings\": [{\"smooth_layer\": \"re:.*post_attention_layernorm$\","
                + " \"balance_layers\": [\"re:.*mlp.gate$\", \"re:.*gate_proj$\","
                + " \"re:.*up_proj$\"]}, [\"re:.*up_proj$\", \"re:.*down_proj$\"]]");

    assertThat(choice.problems()).isEmpty();
    assertThat(choice.notices()).isEmpty();
    assertThat(choice.pairs())
        .anySatisfy(
            pair -> {
              assertThat(pair.routers()).containsExactly("model.layers.0.mlp.gate");
              assertThat(pair.linears())
                  .contains("model.layers.0.mlp.experts.0.gate_proj")
                  .contains("model.layers.0.mlp.experts.1.up_proj");
            });
    assertThat(firstLayer(choice)).contains("mlp.experts.1.up_proj -> mlp.experts.1.down_proj");
  }

  @Test
  void modelWithoutSuchNormsIsAProblem() {
    Choice choice = choice("olmo2-fp32", SMOOTH_QUANT, "");

    assertThat(choice.pairs()).isEmpty();
    assertThat(choice.problems())
        .singleElement()
        .asString()
        .startsWith(
            "this model has nothing to smooth: no norm of its layers feeds linear modules alone."
                + " model.layers.0.self_attn.q_proj")
        .endsWith(". Leave the method out");
  }

  @Test
  void pairIsLeftOutOnlyIfAllOfItIsIgnored() {
    assertThat(
            firstLayer(choice("llama-fp32", SMOOTH_QUANT, "\"ignore\": [\"re:.*layers.0.mlp\"]")))
        .hasSize(2);
    assertThat(
            firstLayer(
                choice(
                    "llama-fp32",
                    SMOOTH_QUANT,
                    "\"ignore\": [\"re:.*layers.0.mlp\", \"re:.*post_attention_layernorm\"]")))
        .containsExactly("input_layernorm -> self_attn.q_proj self_attn.k_proj self_attn.v_proj");
    // What AWQ scales it scales for linear modules.
    assertThat(firstLayer(choice("llama-fp32", AWQ, "\"ignore\": [\"re:.*layers.0.mlp\"]")))
        .containsExactly("input_layernorm -> self_attn.q_proj self_attn.k_proj self_attn.v_proj");
    assertThat(firstLayer(choice("llama-fp32", AWQ, "\"targets\": [\"re:.*down_proj\"]")))
        .containsExactly("mlp.up_proj -> mlp.down_proj");
  }

  /** As llm-compressor writes them into recipe.yaml. */
  private static final String PEERS =
      """
      "mappings": [
        {"smooth_layer": "re:.*input_layernorm$", "activation_hook_target": null,
         "balance_layers": ["re:.*q_proj$", "re:.*k_proj$", "re:.*v_proj$"]},
        {"smooth_layer": "re:.*v_proj$", "balance_layers": ["re:.*o_proj$"]},
        {"smooth_layer": "re:.*post_attention_layernorm$",
         "balance_layers": ["re:.*gate_proj$", "re:.*up_proj$"]},
        {"smooth_layer": "re:.*up_proj$", "balance_layers": "re:.*down_proj$"}]
      """;

  @Test
  void mappingsOfThePeerMeanItsPairsInTheirOrder() {
    Choice choice = choice("llama-fp32", AWQ, PEERS);

    assertThat(choice.problems()).isEmpty();
    assertThat(firstLayer(choice)).isEqualTo(firstLayer(choice("llama-fp32", AWQ, "")));
    assertThat(choice.pairs()).hasSameSizeAs(choice("llama-fp32", AWQ, "").pairs());
    assertThat(choice.notices())
        .singleElement()
        .asString()
        .matches(
            "the mapping re:\\.\\*v_proj\\$ -> re:\\.\\*o_proj\\$ is passed over: \\d+ query heads"
                + " share \\d+ value heads, and their columns would need equal factors \\(at"
                + " model\\.layers\\.0\\.self_attn\\.v_proj and \\d+ more\\)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[\"re:.*gate_proj\", \"re:.*up_proj\"], \"re:.*post_attention_layernorm\"]",
        "[\"re:.*post_attention_layernorm\", [\"re:.*gate_proj\", \"re:.*up_proj\"]]",
        "[\"re:.*post_attention_layernorm\", \"re:.*gate_proj\", \"re:.*up_proj\"]",
        "{\"smooth_layer\": \"re:.*post_attention_layernorm\", \"balance_layers\":"
            + " [\"re:.*(gate|up)_proj\"]}"
      })
  void mappingHasSeveralForms(String form) {
    Choice choice = choice("llama-fp32", AWQ, "\"mappings\": [" + form + "]");

    assertThat(choice.problems()).isEmpty();
    assertThat(firstLayer(choice))
        .containsExactly("post_attention_layernorm -> mlp.gate_proj mlp.up_proj");
  }

  @Test
  void namesMeanOneLayer() {
    Choice choice =
        choice(
            "llama-fp32",
            SMOOTH_QUANT,
            "\"mappings\": [[[\"model.layers.1.mlp.gate_proj\", \"model.layers.1.mlp.up_proj\"],"
                + " \"model.layers.1.post_attention_layernorm\"]]");

    assertThat(choice.problems()).isEmpty();
    assertThat(choice.pairs())
        .extracting(SmoothingPair::producer)
        .containsExactly("model.layers.1.post_attention_layernorm");
  }

  @Test
  void headIsSmoothedWhereItIsMapped() {
    assertThat(choice("llama-fp32", AWQ, "\"mappings\": [[\"model.norm\", \"lm_head\"]]").pairs())
        .extracting(SmoothingPair::linears)
        .containsExactly(List.of("lm_head"));
  }

  @Test
  void hooksAreNotNeededAndThatIsSaid() {
    assertThat(
            choice(
                    "llama-fp32",
                    AWQ,
                    "\"mappings\": [{\"smooth_layer\": \"re:.*up_proj\", \"balance_layers\":"
                        + " [\"re:.*down_proj\"], \"activation_hook_target\": \"mlp\"}]")
                .notices())
        .containsExactly(
            "the mapping re:.*up_proj -> re:.*down_proj: activation_hook_target mlp is not looked"
                + " at: what these modules read is known from the model's graph");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "llama-fp32 | [\"re:.*input_layernorm\", \"re:.*q_proj\", \"re:.*k_proj\"] |"
            + " the mapping re:.*input_layernorm -> re:.*q_proj, re:.*k_proj would change the"
            + " model, since what is smoothed is also read by v_proj; add that (at"
            + " model.layers.0.input_layernorm and 2 more)",
        "llama-fp32 | [\"re:.*input_layernorm\", \"re:.*[qkvo]_proj\"] |"
            + " the mapping re:.*input_layernorm -> re:.*[qkvo]_proj would change the model, since"
            + " what is smoothed does not reach o_proj; leave that out (at"
            + " model.layers.0.input_layernorm and 2 more)",
        "llama-fp32 | [\"re:.*gate_proj\", \"re:.*down_proj\"] |"
            + " the mapping re:.*gate_proj -> re:.*down_proj would change the model: what these"
            + " modules read is scaled at up_proj; name that (at model.layers.0.mlp.gate_proj and 2"
            + " more)",
        "gemma2-fp32 | [\"re:.*post_attention_layernorm\", \"re:.*gate_proj\", \"re:.*up_proj\"] |"
            + " the mapping re:.*post_attention_layernorm -> re:.*gate_proj, re:.*up_proj would"
            + " change the model: what these modules read is scaled at pre_feedforward_layernorm;"
            + " name that (at model.layers.0.post_attention_layernorm and 2 more)",
        "olmo2-fp32 | [\"re:.*post_attention_layernorm\", \"re:.*gate_proj\", \"re:.*up_proj\"] |"
            + " the mapping re:.*post_attention_layernorm -> re:.*gate_proj, re:.*up_proj would"
            + " change the model: a sum with terms that would not be scaled (at"
            + " model.layers.0.post_attention_layernorm and 2 more)",
        "llama-fp32 | [\"re:.*input_layernorm\", \"re:.*mlp$\"] |"
            + " the mapping re:.*input_layernorm -> re:.*mlp$ would change the model: these are no"
            + " linear modules (at model.layers.0.input_layernorm and 2 more)",
        "llama-fp32 | [\"re:.*ln_1\", \"re:.*c_attn\"] |"
            + " the mapping re:.*ln_1 -> re:.*c_attn matches no module of the model",
        "llama-fp32 | [\"re:.*input_layernorm\", \"re:.*c_attn\"] |"
            + " the mapping re:.*input_layernorm -> re:.*c_attn: nothing that re:.*c_attn means"
            + " goes with model.layers.0.input_layernorm",
        "llama-fp32 | [\"re:.*layernorm\", \"re:.*[qkvgu][a-z]*_proj\"] |"
            + " the mapping re:.*layernorm -> re:.*[qkvgu][a-z]*_proj means several modules to be smoothed"
            + " where one can be: input_layernorm, post_attention_layernorm (at"
            + " model.layers.0.input_layernorm and 2 more)",
      })
  void mappingThatIsNoPairIsAProblem(String model, String mapping, String problem) {
    Choice choice = choice(model, AWQ, "\"mappings\": [" + mapping + "]");

    assertThat(choice.pairs()).isEmpty();
    assertThat(choice.problems()).containsExactly(problem);
  }

  @Test
  void whatRulesOfAMappingShareAndWhatMappingsShareIsAProblem() {
    assertThat(
            choice(
                    "llama-fp32",
                    AWQ,
                    "\"mappings\": [[\"model.layers.0.mlp.up_proj\", \"re:.*layers.0.mlp.down\"],"
                        + " [\"model.layers.0.mlp.up_proj\", \"model.layers.0.mlp.down_proj\"],"
                        + " [\"model.layers.1.mlp.up_proj\", \"re:.*layers.1.mlp.(up|down)\"]]")
                .problems())
        .contains(
            "the mapping model.layers.0.mlp.up_proj -> model.layers.0.mlp.down_proj means what"
                + " another mapping means; write it once (at model.layers.0.mlp.up_proj)",
            "the mapping model.layers.1.mlp.up_proj -> re:.*layers.1.mlp.(up|down):"
                + " model.layers.1.mlp.up_proj is meant by several of its rules; write rules that"
                + " tell its modules apart");
  }
}
