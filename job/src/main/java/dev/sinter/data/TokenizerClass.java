/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The class that Transformers 5 opens a tokenizer by. Most take tokenizer.json as it is. Those of
 * Llama take its vocabulary alone and build the rest anew, which makes a difference behind special
 * tokens: no space is put before the text there.
 */
record TokenizerClass(String name) {
  static final String PLAIN = "TokenizersBackend";
  private static final String LLAMA = "LlamaTokenizer";
  private static final String NEOX = "GPTNeoXTokenizer";

  /** Models whose tokenizers are taken as they are, whatever class their config names. */
  private static final Set<String> TAKEN_AS_THEY_ARE =
      Set.of(
          "arctic",
          "deepseek_v2",
          "deepseek_v3",
          "deepseek_v32",
          "deepseek_v4",
          "ernie4_5",
          "ernie4_5_moe",
          "flex_olmo",
          "glm",
          "glm4",
          "glm4_moe",
          "glm4_moe_lite",
          "gpt_bigcode",
          "granite",
          "granitemoe",
          "granitemoehybrid",
          "granitemoeshared",
          "hyperclovax",
          "internlm2",
          "jamba",
          "kimi_linear",
          "mimo_v2_flash",
          "minicpm3",
          "minimax_m2",
          "ministral",
          "ministral3",
          "mistral",
          "mistral3",
          "mixtral",
          "nemotron",
          "olmo2",
          "olmo3",
          "olmo_hybrid",
          "persimmon",
          "phi3",
          "phimoe",
          "stablelm",
          "step3p5");

  static TokenizerClass of(TokenizerFiles files) {
    Json.Obj model = files.object(Checkpoint.CONFIG);
    boolean plain = text(model, "model_type").filter(TAKEN_AS_THEY_ARE::contains).isPresent();
    String named =
        text(files.object(TokenizerFiles.CONFIG), "tokenizer_class")
            .or(() -> text(model, "tokenizer_class"))
            .orElse(PLAIN);
    boolean fast = named.endsWith("Fast");
    return new TokenizerClass(
        plain ? PLAIN : fast ? named.substring(0, named.length() - "Fast".length()) : named);
  }

  private static Optional<String> text(Json.Obj object, String name) {
    return object
        .member(name)
        .filter(Json.Str.class::isInstance)
        .map(value -> ((Json.Str) value).value());
  }

  /** The parts of tokenizer.json that are built anew; those of the model as model.NAME. */
  Map<String, Json> replaced(Json.Obj config) {
    Map<String, Json> replaced = new LinkedHashMap<>();
    if (name.equals(LLAMA)) {
      replaced.put("normalizer", Json.of(null));
      replaced.put("pre_tokenizer", metaspace(config));
      for (String field :
          Set.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
        replaced.put("model." + field, Json.of(null));
      }
      replaced.put("model.fuse_unk", Json.of(true));
      replaced.put("model.byte_fallback", Json.of(true));
      replaced.put("model.ignore_merges", Json.of(false));
    } else if (name.equals(NEOX)) {
      replaced.put("post_processor", Json.of(null));
    }
    return replaced;
  }

  private static Json metaspace(Json.Obj config) {
    boolean legacy = isTrue(config, "legacy", false);
    boolean prefix = isTrue(config, "add_prefix_space", true);
    return Json.object(
        "type",
        "Metaspace",
        "replacement",
        "\u2581",
        "prepend_scheme",
        !prefix ? "never" : legacy ? "always" : "first",
        "split",
        false);
  }

  private static boolean isTrue(Json.Obj config, String name, boolean usual) {
    return config.members().get(name) instanceof Json.Bool bool ? bool.value() : usual;
  }
}
