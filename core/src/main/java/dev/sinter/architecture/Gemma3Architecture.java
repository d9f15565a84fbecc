/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Elementwise.Scale;
import dev.sinter.graph.Elementwise.SoftCap;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;
import java.util.Optional;

/**
 * The language model of Gemma 3 (arXiv 2503.19786): norms before and behind each block, queries and
 * keys normed by head, and layers that see a window, with a rotary base of their own.
 */
final class Gemma3Architecture implements Architecture {
  private static final String NORM = "Gemma3RMSNorm";

  @Override
  public List<String> modelTypes() {
    return List.of("gemma3_text", "gemma3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    ModelConfig text = config.section("text_config").orElse(config);
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
    Gemma3 body = Gemma3.of(text, decoder);
    config.requireValid();
    return decoder.trace(body);
  }

  private record Gemma3(
      Heads heads,
      double scale,
      Rope fullRope,
      Rope slidingRope,
      LayerTypes types,
      Norm norm,
      Norm headNorm,
      Bias bias,
      int intermediate,
      Activation activation,
      Optional<Double> logitCap)
      implements Decoder.Body {

    static Gemma3 of(ModelConfig config, Decoder decoder) {
      Heads heads = HeadConfig.grouped(config, Optional.of(256));
      double epsilon = config.number("rms_norm_eps", 1e-6);
      int pattern =
          config
              .optionalSize("sliding_window_pattern")
              .or(() -> config.optionalSize("_sliding_window_pattern"))
              .orElse(6);
      config.mustBeFalse("use_bidirectional_attention");
      config.mustBeAbsent("attn_logit_softcapping");
      return new Gemma3(
          heads,
          Math.pow(config.number("query_pre_attn_scalar", 256), -0.5),
          RopeConfig.rope(
              config, "full_attention", heads.channels(), 1e6, "rope_theta", "rope_scaling"),
          RopeConfig.rope(
              config, "sliding_attention", heads.channels(), 1e4, "rope_local_base_freq", ""),
          LayerTypes.of(config, decoder.layers(), layer -> (layer + 1) % pattern != 0),
          Norm.rms(NORM, epsilon, Scaling.OFFSET),
          Norm.rmsOfHeads(NORM, heads.channels(), epsilon, Scaling.OFFSET),
          config.bias("attention_bias"),
          config.size("intermediate_size"),
          ActivationConfig.of(config, "hidden_activation", "gelu_pytorch_tanh"),
          config.optionalNumber("final_logit_softcapping"));
    }

    @Override
    public Value embed(Tracer tracer, Decoder decoder, Value ids) {
      Value x = Decoder.Body.super.embed(tracer, decoder, ids);
      return tracer.apply(new Scale(Math.sqrt(decoder.hidden()), Scale.Rounding.TO_TYPE), x);
    }

    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      Value attended = attention(tracer, index, norm.trace(tracer, "input_layernorm", x));
      Value middle =
          Blocks.add(tracer, x, norm.trace(tracer, "post_attention_layernorm", attended));
      Value expanded = mlp(tracer, norm.trace(tracer, "pre_feedforward_layernorm", middle));
      return Blocks.add(tracer, middle, norm.trace(tracer, "post_feedforward_layernorm", expanded));
    }

    private Value attention(Tracer tracer, int index, Value x) {
      try (var module = tracer.module("self_attn", "Gemma3Attention")) {
        Attention attention = Attention.causal(module.name(), heads).scaledBy(scale);
        Value mixed =
            Qkv.projected(tracer, x, heads, bias)
                .normed(tracer, headNorm)
                .turned(tracer, types.isSliding(index) ? slidingRope : fullRope)
                .attended(tracer, types.limit(attention, index));
        return tracer.linear("o_proj", mixed, x.channels(), bias);
      }
    }

    private Value mlp(Tracer tracer, Value x) {
      try (var module = tracer.module("mlp", "Gemma3MLP")) {
        return Blocks.gatedMlp(tracer, x, intermediate, activation, Bias.ABSENT);
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }

    @Override
    public Value logits(Tracer tracer, Value y) {
      return logitCap.map(cap -> tracer.apply(new SoftCap(cap), y)).orElse(y);
    }
  }
}
