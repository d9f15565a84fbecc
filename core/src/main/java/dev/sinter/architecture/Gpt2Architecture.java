/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LayerNorm.Affine;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/**
 * GPT-2 ("Language models are unsupervised multitask learners", 2019): learned positions, one
 * matrix for queries, keys and values, and matrices that are stored [inputs, outputs].
 */
final class Gpt2Architecture implements Architecture {
  private static final String ROOT = "transformer";
  private static final String EMBEDDING = "wte";

  @Override
  public List<String> modelTypes() {
    return List.of("gpt2");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Names names =
        new Names(ROOT, "h", ROOT + "." + EMBEDDING, "lm_head", "GPT2Model", "GPT2Block")
            .without(ROOT, options);
    Decoder decoder =
        new Decoder(
            names,
            config.size("vocab_size"),
            config.size("n_embd"),
            config.repeats("n_layer"),
            Decoder.head(config, Decoder.Head.TIED));
    config.mustBeFalse("add_cross_attention");
    // Guards scores against the range of fp16; what is computed is the same.
    config.flag("reorder_and_upcast_attn", false);
    Gpt2 body =
        new Gpt2(
            config.size("n_positions"),
            HeadConfig.equal(config, "n_embd", "n_head"),
            config.flag("scale_attn_weights", true),
            config.flag("scale_attn_by_inverse_layer_idx", false),
            config.optionalSize("n_inner").orElse(4 * decoder.hidden()),
            ActivationConfig.of(config, "activation_function", "gelu_new"),
            Norm.layer(config.number("layer_norm_epsilon", 1e-5), Affine.WEIGHT_AND_BIAS));
    config.requireValid();
    return decoder.trace(body);
  }

  private record Gpt2(
      int positions,
      Heads heads,
      boolean scaled,
      boolean scaledByLayer,
      int intermediate,
      Activation activation,
      Norm norm)
      implements Decoder.Body {
    @Override
    public Value embed(Tracer tracer, Decoder decoder, Value ids) {
      Value tokens = tracer.embedding(EMBEDDING, ids, decoder.vocabulary(), decoder.hidden());
      Value places = tracer.positions("wpe", ids, positions, decoder.hidden(), 0);
      return Blocks.add(tracer, tokens, places);
    }

    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      Value attended = attention(tracer, index, norm.trace(tracer, "ln_1", x));
      Value middle = Blocks.add(tracer, x, attended);
      return Blocks.add(tracer, middle, mlp(tracer, norm.trace(tracer, "ln_2", middle)));
    }

    private Value attention(Tracer tracer, int index, Value x) {
      try (var module = tracer.module("attn", "GPT2Attention")) {
        Value fused = tracer.conv1d("c_attn", x, 3 * x.channels(), Bias.PRESENT);
        Attention attention = Attention.causal(module.name(), heads).scaledBy(scale(index));
        Value mixed = Qkv.split(tracer, fused, heads).attended(tracer, attention);
        return tracer.conv1d("c_proj", mixed, x.channels(), Bias.PRESENT);
      }
    }

    private double scale(int layer) {
      return (scaled ? 1 / Math.sqrt(heads.channels()) : 1) / (scaledByLayer ? layer + 1 : 1);
    }

    private Value mlp(Tracer tracer, Value x) {
      try (var module = tracer.module("mlp", "GPT2MLP")) {
        Value expanded = tracer.conv1d("c_fc", x, intermediate, Bias.PRESENT);
        return tracer.conv1d(
            "c_proj", tracer.apply(activation, expanded), x.channels(), Bias.PRESENT);
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "ln_f", x);
    }
  }
}
