/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.json.Json;
import java.util.List;
import java.util.Optional;

/**
 * The language model of Gemma 3 (arXiv 2503.19786): norms before and behind each block, queries and
 * keys normed by head, and layers that see a window, with a rotary base of their own.
 */
final class Gemma3Architecture implements Architecture {
  private static final String NORM = "Gemma3RMSNorm";

  /** What the config of the language model leaves out where it is the usual one. */
  private static final Json.Obj USUAL =
      Json.object(
          "vocab_size",
          262_208,
          "hidden_size",
          2304,
          "intermediate_size",
          9216,
          "num_hidden_layers",
          26,
          "num_attention_heads",
          8,
          "num_key_value_heads",
          4,
          "head_dim",
          256);

  @Override
  public List<String> modelTypes() {
    return List.of("gemma3_text", "gemma3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    ModelConfig text = config.section("text_config").orElse(config).withUsual(USUAL);
    Names names =
        new Names(
                "model",
                "layers",
                "model." + Decoder.EMBEDDING,
                "lm_head",
                "Gemma3TextModel",
                "Gemma3DecoderLayer")
            .within(options);
    Decoder decoder = Decoder.of(text, names, Decoder.head(config, Decoder.Head.TIED));
    text.mustBeFalse("use_bidirectional_attention");
    text.mustBeAbsent("attn_logit_softcapping");
    GemmaBody body =
        new GemmaBody(
            attention(text, decoder.layers()),
            new GatedMlp(
                "Gemma3MLP",
                text.size("intermediate_size"),
                ActivationConfig.of(text, "hidden_activation", "gelu_pytorch_tanh"),
                Bias.ABSENT),
            Norm.rms(NORM, text.number("rms_norm_eps", 1e-6), Scaling.OFFSET),
            text.optionalNumber("final_logit_softcapping"));
    config.requireValid();
    return decoder.trace(body);
  }

  private static RotaryAttention attention(ModelConfig config, int layers) {
    Heads heads = HeadConfig.grouped(config, Optional.of(256));
    int pattern =
        config
            .optionalSize("sliding_window_pattern")
            .or(() -> config.optionalSize("_sliding_window_pattern"))
            .orElse(6);
    LayerTypes types = LayerTypes.of(config, layers, 4096, layer -> (layer + 1) % pattern != 0);
    Rope full =
        RopeConfig.rope(
            config, "full_attention", heads.channels(), 1e6, "rope_theta", "rope_scaling");
    Rope sliding =
        RopeConfig.rope(
            config, "sliding_attention", heads.channels(), 1e4, "rope_local_base_freq", "");
    double epsilon = config.number("rms_norm_eps", 1e-6);
    Bias bias = config.bias("attention_bias");
    return new RotaryAttention(
        "Gemma3Attention",
        Attention.causal("", heads)
            .scaledBy(Math.pow(config.number("query_pre_attn_scalar", 256), -0.5)),
        types,
        Turning.by(types, full, sliding),
        Norm.rmsOfHeads(NORM, heads.channels(), epsilon, Scaling.OFFSET),
        bias,
        bias);
  }
}
