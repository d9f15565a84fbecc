/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Node;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the dense families make of config.json: its older forms, what it leaves out, and errors. */
class DenseConfigTest {

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

  private static List<Attention> attentions(Json.Obj config) {
    return trace(config).nodes().stream()
        .map(Node::op)
        .filter(Attention.class::isInstance)
        .map(Attention.class::cast)
        .toList();
  }

  private static List<Long> windows(Json.Obj config) {
    return attentions(config).stream().map(Attention::window).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "mistral-fp32 | \"sliding_window\": \"4096\" |"
            + " sliding_window must be a positive whole number up to 2147483647, not \"4096\"",
        "mistral-fp32 | \"rms_norm_eps\": true | rms_norm_eps must be a number, not true",
        "ministral-fp32 | \"sliding_window\": null |  has no sliding_window",
        "ministral-fp32 | \"layer_types\": [\"full_attention\"] |"
            + " layer_types has 1 entries, and num_hidden_layers is 2",
        "qwen2-fp32 | \"max_window_layers\": -1 |"
            + " max_window_layers must be a whole number, 0 or more, not -1",
        "qwen2-fp32 | \"intermediate_size\": null |  has no intermediate_size",
        "gemma2-fp32 | \"attn_logit_softcapping\": \"50\" |"
            + " attn_logit_softcapping must be a number, not \"50\"",
        "gemma2-fp32 | \"use_bidirectional_attention\": true |"
            + " use_bidirectional_attention is true, which this version cannot run",
        "gemma2-fp32 | \"sliding_window\": null |  has no sliding_window",
        "granite-fp32 | \"logits_scaling\": [4] | logits_scaling must be a number, not [4]",
        "granite-fp32 | \"residual_multiplier\": \"0.3\" |"
            + " residual_multiplier must be a number, not \"0.3\"",
        "olmo2-fp32 | \"num_key_value_heads\": 3 |"
            + " num_attention_heads 4 is no multiple of num_key_value_heads 3",
        "olmo3-fp32 | \"attention_bias\": 1 | attention_bias must be true or false, not 1",
        "phi3-fp32 | \"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2} |"
            + " rope_parameters: rope_type must be one of [default, longrope, su, yarn], not"
            + " \"linear\"",
        "phi3_longrope-fp32 | \"rope_parameters\": {\"rope_type\": \"longrope\","
            + " \"partial_rotary_factor\": 0.5, \"short_factor\": [1, 2]} |"
            + " rope_parameters: there is no long_factor",
        "phi3_longrope-fp32 | \"original_max_position_embeddings\": null, \"rope_parameters\":"
            + " {\"rope_type\": \"su\", \"partial_rotary_factor\": 0.5, \"short_factor\": [1, 2],"
            + " \"long_factor\": [1, 2]} | rope_parameters: there is no"
            + " original_max_position_embeddings, by which factors are chosen",
        "phi3-fp32 | \"partial_rotary_factor\": 0, \"rope_parameters\": null |"
            + " partial_rotary_factor 0.0 makes 0 of 16 channels turn: not an even number of them",
        "opt-fp32 | \"activation_function\": \"geglu\" | activation_function must be one of [gelu,"
            + " gelu_fast, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not"
            + " \"geglu\"",
        "opt-fp32 | \"num_attention_heads\": 5 |"
            + " hidden_size 64 is no multiple of num_attention_heads 5",
        "opt-fp32 | \"word_embed_proj_dim\": 0 |"
            + " word_embed_proj_dim must be a positive whole number up to 2147483647, not 0",
        "opt-fp32 | \"max_position_embeddings\": null |  has no max_position_embeddings",
        "phi-fp32 | \"qk_layernorm\": true | qk_layernorm is true, which this version cannot run",
        "smollm3-fp32 | \"no_rope_layers\": [1, 0] |"
            + " no_rope_layers has 2 entries, and num_hidden_layers is 4",
        "gpt2-fp32 | \"n_head\": 3 | n_embd 64 is no multiple of n_head 3",
        "gpt2-fp32 | \"add_cross_attention\": true |"
            + " add_cross_attention is true, which this version cannot run",
        "gpt2-fp32 | \"reorder_and_upcast_attn\": \"yes\" |"
            + " reorder_and_upcast_attn must be true or false, not \"yes\"",
      })
  void wrongFieldIsTold(String model, String members, String message) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> trace(changed(model, members)));

    assertThat(refused).as("a refusal").isNotNull();
    assertThat(refused.problems())
        .containsExactly("config.json" + (message.startsWith("has") ? " " : ": ") + message);
  }

  @ParameterizedTest
  @CsvSource({
    "mistral-fp32",
    "qwen2-fp32",
    "gemma2-fp32",
    "granite-fp32",
    "olmo2-fp32",
    "phi3-fp32"
  })
  void olderFormOfBasesIsTheNewOne(String model) {
    Json.Obj older =
        changed(model, "\"rope_theta\": 10000.0").without("rope_parameters").without("layer_types");

    assertThat(trace(older)).isEqualTo(GoldenModel.named(model).graph());
  }

  @ParameterizedTest
  @CsvSource({"longrope", "su", "yarn"})
  void olderFormOfPhisPositionsIsTheNewOne(String name) {
    Json.Obj older =
        changed(
                "phi3_longrope-fp32",
                """
                "rope_theta": 10000.0, "partial_rotary_factor": 0.5,
                "rope_scaling": {"type": "%s", "short_factor": [1.0, 1.3], "long_factor": [1.5, 6.0]}
                """
                    .formatted(name))
            .without("rope_parameters");

    assertThat(trace(older)).isEqualTo(GoldenModel.named("phi3_longrope-fp32").graph());
  }

  @Test
  void olderFormOfOlmosPositionsIsTheNewOne() {
    Json.Obj older =
        changed(
                "olmo3-fp32",
                """
                "rope_theta": 10000.0, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
                "original_max_position_embeddings": 32}
                """)
            .without("rope_parameters")
            .without("layer_types");

    assertThat(trace(older)).isEqualTo(GoldenModel.named("olmo3-fp32").graph());
  }

  @ParameterizedTest
  @CsvSource({
    "gemma2-fp32, attn_logit_softcapping final_logit_softcapping head_dim tie_word_embeddings",
    "opt-fp32, activation_function do_layer_norm_before enable_bias word_embed_proj_dim"
        + " layer_norm_elementwise_affine _remove_final_layer_norm tie_word_embeddings",
    "gpt2-fp32, activation_function layer_norm_epsilon n_inner scale_attn_weights"
        + " scale_attn_by_inverse_layer_idx reorder_and_upcast_attn tie_word_embeddings",
    "phi3-fp32, rms_norm_eps sliding_window tie_word_embeddings rope_parameters",
    "olmo2-fp32, rms_norm_eps attention_bias tie_word_embeddings rope_parameters",
    "qwen2-fp32, rms_norm_eps use_sliding_window sliding_window max_window_layers layer_types",
    "mistral-fp32, rms_norm_eps head_dim tie_word_embeddings rope_parameters",
    "phi-fp32, hidden_act layer_norm_eps qk_layernorm tie_word_embeddings rope_parameters",
    "smollm3-fp32, no_rope_layers layer_types tie_word_embeddings rope_parameters",
    "arcee-fp32, hidden_act rms_norm_eps tie_word_embeddings mlp_bias",
  })
  void whatIsLeftOutIsUsual(String model, String names) {
    Json.Obj config = changed(model, "\"head_dim\": null");
    Json.Obj usual = model.startsWith("gemma2") ? config.with("head_dim", Json.of(256)) : config;
    Json.Obj without = Stream.of(names.split(" ")).reduce(config, Json.Obj::without, (a, b) -> a);

    assertThat(trace(without)).isEqualTo(trace(usual));
  }

  @ParameterizedTest
  @CsvSource({
    "gemma2-fp32, model.embed_tokens.weight",
    "opt-fp32, model.decoder.embed_tokens.weight",
    "gpt2-fp32, transformer.wte.weight"
  })
  void headIsTheEmbeddingUnlessSaidOtherwise(String model, String embedding) {
    assertThat(trace(GoldenModel.named(model).config().without("tie_word_embeddings")).ties())
        .containsExactly(Map.entry("lm_head.weight", embedding));
    assertThat(trace(changed(model, "\"tie_word_embeddings\": false")).ties()).isEmpty();
  }

  @Test
  void geluOfTheFirstGemmasIsItsApproximation() {
    assertThat(trace(changed("gemma-fp32", "\"hidden_act\": \"gelu\"")))
        .isEqualTo(GoldenModel.named("gemma-fp32").graph());
  }

  @Test
  void windowOfMistralIsThereUnlessTurnedOff() {
    Json.Obj config = GoldenModel.named("mistral-fp32").config();

    assertThat(windows(config)).containsOnly(16L);
    assertThat(windows(config.without("sliding_window"))).containsOnly(4096L);
    assertThat(windows(changed("mistral-fp32", "\"sliding_window\": null")))
        .containsOnly(Long.MAX_VALUE);
  }

  @Test
  void mistralWhoseLayersDifferIsAMinistral() {
    Json.Obj config = changed("ministral-fp32", "\"model_type\": \"mistral\"");

    assertThat(trace(config)).isEqualTo(GoldenModel.named("ministral-fp32").graph());
    assertThat(windows(config)).containsExactly(Long.MAX_VALUE, 16L);
    assertThat(windows(config.without("layer_types"))).containsExactly(16L, 16L);
  }

  @Test
  void windowsOfGemmaAndOlmoAlternate() {
    assertThat(windows(GoldenModel.named("gemma2-fp32").config().without("layer_types")))
        .containsExactly(16L, Long.MAX_VALUE, 16L);
    assertThat(windows(GoldenModel.named("olmo3-fp32").config().without("layer_types")))
        .containsExactly(16L, 16L, 16L, Long.MAX_VALUE);
  }

  @Test
  void windowsOfQwenBeginAtSomeLayer() {
    String windows = "\"layer_types\": null, \"use_sliding_window\": true, ";

    assertThat(windows(changed("qwen2_windows-fp32", windows + "\"max_window_layers\": 0")))
        .containsExactly(16L, 16L);
    assertThat(windows(changed("qwen2_windows-fp32", windows + "\"sliding_window\": null")))
        .containsOnly(Long.MAX_VALUE);
    assertThat(
            windows(
                changed("qwen2-fp32", windows + "\"max_window_layers\": 2")
                    .without("sliding_window")))
        .containsExactly(Long.MAX_VALUE, Long.MAX_VALUE, 4096L);
  }

  @Test
  void capsOfGemmaAreOffWhereTheyAreNull() {
    Json.Obj config =
        changed(
            "gemma2-fp32", "\"attn_logit_softcapping\": null, \"final_logit_softcapping\": null");

    assertThat(attentions(config))
        .extracting(Attention::softCap)
        .containsOnly(Double.POSITIVE_INFINITY);
    assertThat(trace(config).nodes())
        .hasSize(GoldenModel.named("gemma2-fp32").graph().nodes().size() - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, 0.25, 0.25",
    "true, true, 0.25, 0.125",
    "false, false, 1, 1",
    "false, true, 1, 0.5"
  })
  void scoresOfGpt2AreScaledAsSaid(String scaled, String byLayer, double first, double second) {
    Json.Obj config =
        changed(
            "gpt2-fp32",
            "\"scale_attn_weights\": %s, \"scale_attn_by_inverse_layer_idx\": %s"
                .formatted(scaled, byLayer));

    assertThat(attentions(config)).extracting(Attention::scale).startsWith(first, second);
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-fp32, wte.weight, h.0.attn.c_attn.weight, h.1, ln_f.weight",
    "gpt2-fp32, transformer.wte.weight, transformer.h.0.attn.c_attn.weight, transformer.h.1,"
        + " transformer.ln_f.weight",
    "opt-fp32, decoder.embed_tokens.weight, decoder.layers.0.fc1.bias, decoder.layers.1,"
        + " decoder.final_layer_norm.weight",
  })
  void namesAreThoseOfTheCheckpoint(
      String model, String embedding, String weight, String layer, String norm) {
    Graph graph = trace(GoldenModel.named(model).config(), embedding);

    assertThat(graph.parameters())
        .extracting("name")
        .contains(embedding, weight, norm, "lm_head.weight");
    assertThat(graph.modules()).extracting("name").contains(layer).doesNotContain("");
    assertThat(graph.ties()).containsEntry("lm_head.weight", embedding);
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    Json.Obj config =
        changed("gpt2-fp32", "\"n_layer\": 0, \"n_inner\": 1.5, \"activation_function\": 3")
            .without("n_positions");

    RequestException refused = catchThrowableOfType(RequestException.class, () -> trace(config));

    assertThat(refused.problems())
        .containsExactlyInAnyOrder(
            "config.json: n_layer must be a positive whole number up to 2147483647, not 0",
            "config.json: n_inner must be a positive whole number up to 2147483647, not 1.5",
            "config.json: activation_function must be one of [gelu, gelu_fast, gelu_new,"
                + " gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not 3",
            "config.json has no n_positions");
  }
}
