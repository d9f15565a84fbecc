/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Parameter;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaConfigTest {
  private static final Json.Obj VALID =
      json(
          """
          {"model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
           "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
           "vocab_size": 256, "rms_norm_eps": 1e-5, "hidden_act": "silu"}
          """);

  private static Json.Obj json(String text) {
    return TestData.json(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Graph trace(Json.Obj config) {
    return new LlamaArchitecture().trace(new ModelConfig(config), TraceOptions.USUAL);
  }

  private static List<String> problems(Json.Obj config) {
    RequestException refused = catchThrowableOfType(RequestException.class, () -> trace(config));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  private static Json.Obj with(String members) {
    Json.Obj config = VALID;
    for (var member : json("{" + members + "}").members().entrySet()) {
      config = config.with(member.getKey(), member.getValue());
    }
    return config;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"hidden_size\": \"64\" | hidden_size must be a positive whole number up to 2147483647, not \"64\"",
        "\"hidden_size\": 64.5 | hidden_size must be a positive whole number up to 2147483647, not 64.5",
        "\"hidden_size\": 0 | hidden_size must be a positive whole number up to 2147483647, not 0",
        "\"vocab_size\": -1 | vocab_size must be a positive whole number up to 2147483647, not -1",
        "\"vocab_size\": 12345678901 | vocab_size must be a positive whole number up to 2147483647, not 12345678901",
        "\"num_hidden_layers\": [2] | num_hidden_layers must be a positive whole number up to 2147483647, not [2]",
        "\"intermediate_size\": true | intermediate_size must be a positive whole number up to 2147483647, not true",
        "\"rms_norm_eps\": \"1e-5\" | rms_norm_eps must be a number, not \"1e-5\"",
        "\"attention_bias\": \"no\" | attention_bias must be true or false, not \"no\"",
        "\"tie_word_embeddings\": \"yes\" | tie_word_embeddings must be true or false, not \"yes\"",
        "\"mlp_bias\": 0 | mlp_bias must be true or false, not 0",
        "\"hidden_act\": \"geglu\" | hidden_act must be one of [gelu, gelu_fast, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not \"geglu\"",
        "\"hidden_act\": 1 | hidden_act must be one of [gelu, gelu_fast, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not 1",
        "\"head_dim\": 15 | head_dim 15 is odd: rotary embedding turns channels in pairs",
        "\"num_key_value_heads\": 3 | num_attention_heads 4 is no multiple of num_key_value_heads 3",
        "\"rope_theta\": \"10000\" | rope_theta must be a number, not \"10000\"",
        "\"rope_scaling\": \"linear\" | rope_scaling must be an object, not \"linear\"",
        "\"rope_parameters\": 3 | rope_parameters must be an object, not 3",
      })
  void wrongFieldIsTold(String member, String message) {
    assertThat(problems(with(member))).containsExactly("config.json: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"rope_type\": \"ntk\", \"factor\": 2} |"
            + " : rope_type must be one of [default, linear, dynamic, llama3, yarn, longrope], not \"ntk\"",
        "{\"type\": \"mrope\", \"factor\": 2} |"
            + " : type must be one of [default, linear, dynamic, llama3, yarn, longrope], not \"mrope\"",
        "{\"rope_type\": \"linear\"} |  has no factor",
        "{\"rope_type\": \"linear\", \"factor\": \"2\"} | : factor must be a number, not \"2\"",
        "{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
            + " \"original_max_position_embeddings\": 64} |  has no high_freq_factor",
        "{\"rope_theta\": null, \"rope_type\": true} |"
            + " : rope_type must be one of [default, linear, dynamic, llama3, yarn, longrope], not true",
      })
  void wrongRopeIsTold(String rope, String message) {
    assertThat(problems(with("\"rope_scaling\": " + rope)))
        .containsExactly(
            "config.json: rope_scaling" + message.strip().replaceFirst("^has", " has"));
    assertThat(problems(with("\"rope_parameters\": " + rope)))
        .containsExactly(
            "config.json: rope_parameters" + message.strip().replaceFirst("^has", " has"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "vocab_size"
      })
  void missingFieldIsToldOnce(String name) {
    assertThat(problems(VALID.without(name))).containsExactly("config.json has no " + name);
  }

  @Test
  void nullIsAbsent() {
    assertThat(problems(with("\"hidden_size\": null")))
        .containsExactly("config.json has no hidden_size");
    assertThat(trace(with("\"head_dim\": null, \"rope_scaling\": null"))).isEqualTo(trace(VALID));
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    Json.Obj config =
        with("""
                "hidden_act": "geglu", "head_dim": 7, "num_key_value_heads": 3,
                "rms_norm_eps": "small", "rope_scaling": {"rope_type": "ntk"}
                """)
            .without("vocab_size");

    assertThat(problems(config))
        .containsExactlyInAnyOrder(
            "config.json: num_attention_heads 4 is no multiple of num_key_value_heads 3",
            "config.json: head_dim 7 is odd: rotary embedding turns channels in pairs",
            "config.json: hidden_act must be one of [gelu, gelu_fast, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not \"geglu\"",
            "config.json has no vocab_size",
            "config.json: rms_norm_eps must be a number, not \"small\"",
            "config.json: rope_scaling: rope_type must be one of [default, linear, dynamic, llama3, yarn, longrope], not"
                + " \"ntk\"");
  }

  @Test
  void widthThatHeadsDoNotDivideIsTold() {
    assertThat(problems(with("\"hidden_size\": 66")))
        .containsExactly(
            "config.json: hidden_size 66 is no multiple of num_attention_heads 4, and there is no"
                + " head_dim");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"rope_theta\": 500000.0 | {\"rope_theta\": 500000.0, \"rope_type\": \"default\"}",
        "\"rope_theta\": 500000.0, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}"
            + " | {\"rope_theta\": 500000.0, \"rope_type\": \"linear\", \"factor\": 4.0}",
        "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}"
            + " | {\"rope_theta\": 10000, \"rope_type\": \"linear\", \"factor\": 4.0}",
        "\"rope_theta\": 500000.0, \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8,"
            + " \"low_freq_factor\": 1, \"high_freq_factor\": 4,"
            + " \"original_max_position_embeddings\": 64}"
            + " | {\"rope_theta\": 500000.0, \"rope_type\": \"llama3\", \"factor\": 8,"
            + " \"low_freq_factor\": 1, \"high_freq_factor\": 4,"
            + " \"original_max_position_embeddings\": 64}",
      })
  void oldFormOfRopeIsTheNewOne(String old, String parameters) {
    assertThat(trace(with(old))).isEqualTo(trace(with("\"rope_parameters\": " + parameters)));
  }

  @Test
  void parametersAreThoseOfTheCheckpoint() {
    Graph graph = GoldenModel.named("llama_bias-fp32").graph();

    assertThat(graph.parameters())
        .hasSize(1 + 3 * (2 + 2 * 7) + 2)
        .contains(
            new Parameter("model.embed_tokens.weight", Shape.of(256, 64)),
            new Parameter("model.layers.2.self_attn.k_proj.weight", Shape.of(64, 64)),
            new Parameter("model.layers.2.self_attn.k_proj.bias", Shape.of(64)),
            new Parameter("model.layers.0.mlp.down_proj.weight", Shape.of(64, 128)),
            new Parameter("lm_head.weight", Shape.of(256, 64)));
  }

  @ParameterizedTest
  @CsvSource({"dtype, float32, F32", "torch_dtype, bfloat16, BF16", "dtype, float16, F16"})
  void typeIsReadUnderBothNames(String key, String name, DType dtype) {
    assertThat(new ModelConfig(Json.object(key, name)).dtype()).contains(dtype);
  }

  @Test
  void unknownTypeIsTold() {
    ModelConfig config = new ModelConfig(Json.object("dtype", "float8"));

    assertThat(config.dtype()).isEmpty();
    assertThat(catchThrowableOfType(RequestException.class, config::requireValid))
        .hasMessage("config.json: dtype is float8; float32, bfloat16 and float16 are run");
  }

  @Test
  void familyIsFoundByModelTypeAlone() {
    assertThat(Architectures.of(new ModelConfig(VALID))).isPresent();
    assertThat(Architectures.of(new ModelConfig(Json.object("model_type", "bert")))).isEmpty();
    assertThat(Architectures.of(new ModelConfig(Json.object("model_type", 3)))).isEmpty();
    assertThat(Architectures.of(new ModelConfig(Json.object()))).isEmpty();
    assertThat(Architectures.modelTypes()).contains("llama", "gemma3").doesNotHaveDuplicates();
  }
}
