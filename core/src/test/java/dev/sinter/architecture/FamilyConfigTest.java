/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Node;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What families make of config.json: its older form, and what they refuse. */
class FamilyConfigTest {

  private static Json.Obj json(String text) {
    return TestData.json(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Json.Obj changed(String model, String members) {
    Json.Obj config = GoldenModel.named(model).config();
    for (var member : json("{" + members + "}").members().entrySet()) {
      config = config.with(member.getKey(), member.getValue());
    }
    return config;
  }

  private static Graph trace(Json.Obj config, String... tensors) {
    ModelConfig read = new ModelConfig(config);
    return Architectures.of(read).orElseThrow().trace(read, TraceOptions.of(Set.of(tensors)));
  }

  private static List<String> problems(Json.Obj config) {
    RequestException refused = catchThrowableOfType(RequestException.class, () -> trace(config));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "qwen3-fp32 | \"hidden_act\": \"swiglu\" | hidden_act must be one of [gelu, gelu_fast,"
            + " gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not \"swiglu\"",
        "qwen3-fp32 | \"layer_types\": [\"full_attention\", \"chunked\", \"full_attention\"] |"
            + " layer_types must be a list of [full_attention, sliding_attention], not \"chunked\"",
        "qwen3-fp32 | \"layer_types\": [\"full_attention\"] |"
            + " layer_types has 1 entries, and num_hidden_layers is 3",
        "qwen3-fp32 | \"layer_types\": \"full_attention\" |"
            + " layer_types must be a list of [full_attention, sliding_attention], not"
            + " \"full_attention\"",
        "gemma3-fp32 | \"sliding_window\": null |  has no sliding_window",
        "gemma3-fp32 | \"use_bidirectional_attention\": true |"
            + " use_bidirectional_attention is true, which this version cannot run",
        "gemma3-fp32 | \"attn_logit_softcapping\": 50.0 |"
            + " attn_logit_softcapping is 50.0, which this version cannot run",
        "qwen3_moe-fp32 | \"num_experts_per_tok\": 9 |"
            + " num_experts_per_tok is 9, and num_experts is 8",
        "qwen3_moe-fp32 | \"mlp_only_layers\": [1.5] |"
            + " mlp_only_layers must be a list of whole numbers, not 1.5",
        "mixtral-fp32 | \"num_key_value_heads\": 3 |"
            + " num_attention_heads 4 is no multiple of num_key_value_heads 3",
        "gpt_oss-fp32 | \"rope_parameters\": {\"rope_type\": \"mrope\"} |"
            + " rope_parameters: rope_type must be one of [default, linear, dynamic, llama3, yarn,"
            + " longrope], not \"mrope\"",
        "deepseek_v2-fp32 | \"topk_method\": \"noaux_tc\" |"
            + " topk_method must be one of [greedy, group_limited_greedy], not \"noaux_tc\"",
        "deepseek_v2-fp32 | \"norm_topk_prob\": true |"
            + " norm_topk_prob is true, which this version cannot run",
        "deepseek_v3-fp32 | \"n_group\": 3 |"
            + " n_routed_experts 8 do not fall into n_group 3 equal groups",
        "deepseek_v3-fp32 | \"num_experts_per_tok\": 5 |"
            + " num_experts_per_tok is 5, and topk_group 2 of n_group 4 hold 4 experts",
        "deepseek_v3-fp32 | \"num_key_value_heads\": 2 |"
            + " num_key_value_heads is 2; latent attention has one for each query head",
        "deepseek_v3-fp32 | \"moe_layer_freq\": 2 |"
            + " moe_layer_freq is 2; this version can only run 1.0",
        "deepseek_v3-fp32 | \"scoring_func\": \"softmax\" |"
            + " scoring_func must be one of [sigmoid], not \"softmax\"",
        "longrope-fp32 | \"rope_parameters\": {\"rope_type\": \"longrope\","
            + " \"original_max_position_embeddings\": 32, \"short_factor\": [1, 2],"
            + " \"long_factor\": [1, 2, 3, 4, 5, 6, 7, 8]} |"
            + " rope_parameters: short_factor has 2 entries, and 8 pairs of channels turn",
        "qwen3-fp32 | \"partial_rotary_factor\": 0.1 |"
            + " partial_rotary_factor 0.1 makes 3 of 32 channels turn: not an even number of them",
        "step3p5-fp32 | \"use_rope_layers\": [1, 0, 1, 1] |"
            + " use_rope_layers is [1,0,1,1], which this version cannot run",
        "step3p5-fp32 | \"zero_centered\": false |"
            + " zero_centered is false, which this version cannot run",
        "step3p5-fp32 | \"moe_layers_enum\": \"1,x\" |"
            + " moe_layers_enum must be a list of whole numbers, not \"x\"",
        "step3p5-fp32 | \"swiglu_limits\": [0, 0] |"
            + " swiglu_limits has 2 entries, and num_hidden_layers is 4",
      })
  void whatChangesTheArithmeticAndIsUnknownIsRefused(String model, String members, String message) {
    assertThat(problems(changed(model, members)))
        .containsExactly("config.json" + (message.startsWith("has") ? " " : ": ") + message);
  }

  @Test
  void olderFormOfGemmaIsTheNewOne() {
    Json.Obj older =
        changed(
                "gemma3-fp32",
                """
                "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0,
                "rope_scaling": {"rope_type": "linear", "factor": 8.0},
                "sliding_window_pattern": 6
                """)
            .without("rope_parameters")
            .without("layer_types")
            .without("_sliding_window_pattern");
    Json.Obj newer =
        changed(
            "gemma3-fp32",
            """
            "rope_parameters": {
              "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
              "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}
            """);

    assertThat(trace(older)).isEqualTo(trace(newer));
    assertThat(trace(newer)).isNotEqualTo(GoldenModel.named("gemma3-fp32").graph());
  }

  @ParameterizedTest
  @CsvSource({
    "qwen3-fp32, 10000.0",
    "qwen3_moe-fp32, 10000.0",
    "qwen2_moe-fp32, 10000.0",
    "mixtral-fp32, 1000000.0",
    "deepseek_v2-fp32, 10000.0",
    "deepseek_v3-fp32, 10000.0"
  })
  void olderFormOfBasesIsTheNewOne(String model, double theta) {
    Json.Obj older =
        changed(model, "\"rope_theta\": " + theta)
            .without("rope_parameters")
            .without("layer_types");

    assertThat(trace(older)).isEqualTo(GoldenModel.named(model).graph());
  }

  @Test
  void olderFormOfStretchedPositionsIsTheNewOne() {
    Json.Obj gptOss =
        changed(
                "gpt_oss-fp32",
                """
                "rope_theta": 150000, "rope_scaling": {"rope_type": "yarn", "factor": 32.0,
                "beta_fast": 32.0, "beta_slow": 1.0, "truncate": false,
                "original_max_position_embeddings": 4096}
                """)
            .without("rope_parameters")
            .without("layer_types");
    Json.Obj deepseek =
        changed(
                "deepseek_yarn-fp32",
                """
                "rope_theta": 10000, "rope_scaling": {"type": "yarn", "factor": 8, "mscale": 1,
                "mscale_all_dim": 0.8, "beta_fast": 32, "beta_slow": 1,
                "original_max_position_embeddings": 16}
                """)
            .without("rope_parameters");

    assertThat(trace(gptOss)).isEqualTo(GoldenModel.named("gpt_oss-fp32").graph());
    assertThat(trace(deepseek)).isEqualTo(GoldenModel.named("deepseek_yarn-fp32").graph());
  }

  @Test
  void expertsAreCountedUnderEitherName() {
    Json.Obj config = changed("qwen3_moe-fp32", "\"num_experts\": 8").without("num_local_experts");

    assertThat(trace(config)).isEqualTo(GoldenModel.named("qwen3_moe-fp32").graph());
    assertThat(problems(config.without("num_experts")))
        .containsExactly("config.json has no num_experts");
  }

  @Test
  void windowsOfQwenAreOffUnlessTurnedOn() {
    String windows = "\"layer_types\": null, \"sliding_window\": 16, \"max_window_layers\": 1, ";

    assertThat(windows(changed("qwen3-fp32", windows + "\"use_sliding_window\": false")))
        .containsOnly(Long.MAX_VALUE);
    assertThat(windows(changed("qwen3-fp32", windows + "\"use_sliding_window\": true")))
        .containsExactly(Long.MAX_VALUE, 16L, 16L);
    assertThat(
            windows(
                changed(
                    "qwen2_moe-fp32",
                    "\"layer_types\": null, \"sliding_window\": 16, \"max_window_layers\": 2,"
                        + " \"use_sliding_window\": true")))
        .containsExactly(16L, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  private static List<Long> windows(Json.Obj config) {
    return trace(config).nodes().stream()
        .map(Node::op)
        .filter(Attention.class::isInstance)
        .map(op -> ((Attention) op).window())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "model, lm_head",
    "language_model.model, language_model.lm_head",
    "model.language_model, lm_head"
  })
  void languageModelOfALargerOneIsFoundUnderItsPrefix(String root, String head) {
    Json.Obj config =
        Json.object(
            "model_type", "gemma3", "text_config", GoldenModel.named("gemma3-fp32").config());

    Graph graph = trace(config, root + ".embed_tokens.weight");

    assertThat(graph.parameters())
        .extracting("name")
        .contains(
            root + ".layers.0.self_attn.q_norm.weight", root + ".norm.weight", head + ".weight");
    assertThat(graph.ties()).containsEntry(head + ".weight", root + ".embed_tokens.weight");
    assertThat(graph.layerClass()).isEqualTo("Gemma3DecoderLayer");
  }

  @Test
  void problemsOfTheTextConfigSayWhereTheyAre() {
    Json.Obj text = changed("gemma3-fp32", "\"hidden_activation\": \"tanh\"").without("head_dim");
    Json.Obj config =
        Json.object("model_type", "gemma3", "text_config", text.with("vocab_size", Json.of(0)));

    assertThat(problems(config))
        .containsExactlyInAnyOrder(
            "config.json: text_config: hidden_activation must be one of [gelu, gelu_fast, gelu_new,"
                + " gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not \"tanh\"",
            "config.json: text_config: vocab_size must be a positive whole number up to 2147483647, not 0");
  }

  @Test
  void giantsAreTracedAndCutInLittleTime() {
    Json.Obj config =
        changed(
            "deepseek_v3-fp32",
            """
            "num_hidden_layers": 61, "first_k_dense_replace": 3, "n_routed_experts": 256,
            "n_group": 8, "topk_group": 4, "num_experts_per_tok": 8
            """);
    Graph graph = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> trace(config));

    assertThat(graph.nodes()).hasSizeGreaterThan(100_000);
    assertThat(
            Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> dev.sinter.graph.Partitioner.layers(graph)))
        .hasSize(63)
        .allMatch(subgraph -> subgraph.inputs().size() == 1);
  }

  @Test
  void unknownFamilyHasNone() {
    assertThat(Architectures.of(new ModelConfig(Json.object("model_type", "mystery")))).isEmpty();
    assertThatThrownBy(() -> trace(Json.object("model_type", "gpt_oss")))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("config.json has no num_local_experts")
        .hasMessageContaining("config.json has no vocab_size");
  }
}
