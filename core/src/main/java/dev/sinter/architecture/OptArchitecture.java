/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Elementwise.Scale;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LayerNorm.Affine;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * OPT (arXiv 2205.01068): learned positions, and norms before each block or, in one of its sizes,
 * behind; that size has embeddings of a width of their own.
 */
final class OptArchitecture implements Architecture {
  private static final double EPSILON = 1e-5;

  /** Rows of the table of positions that stand before the first position's. */
  private static final int UNUSED_POSITIONS = 2;

  @Override
  public List<String> modelTypes() {
    return List.of("opt");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Names names =
        new Names(
                "model.decoder",
                "layers",
                "model.decoder." + Decoder.EMBEDDING,
                "lm_head",
                "OPTDecoder",
                "OPTDecoderLayer")
            .without("model", options);
    Decoder decoder = Decoder.of(config, names, Decoder.Head.TIED);
    boolean affine = config.flag("layer_norm_elementwise_affine", true);
    boolean before = config.flag("do_layer_norm_before", true);
    Opt body =
        new Opt(
            config.optionalSize("word_embed_proj_dim").orElse(decoder.hidden()),
            config.size("max_position_embeddings"),
            HeadConfig.equal(config, "hidden_size", "num_attention_heads"),
            config.size("ffn_dim"),
            ActivationConfig.of(config, "activation_function", "relu"),
            config.bias("enable_bias", Bias.PRESENT),
            Norm.layer(EPSILON, affine ? Affine.WEIGHT_AND_BIAS : Affine.NONE),
            before,
            before && !config.flag("_remove_final_layer_norm", false));
    config.requireValid();
    return decoder.trace(body);
  }

  private record Opt(
      int width,
      int positions,
      Heads heads,
      int intermediate,
      Activation activation,
      Bias bias,
      Norm norm,
      boolean normsBefore,
      boolean normsLast)
      implements Decoder.Body {
    @Override
    public Value embed(Tracer tracer, Decoder decoder, Value ids) {
      Value tokens = tracer.embedding(Decoder.EMBEDDING, ids, decoder.vocabulary(), width);
      Value x = project(tracer, "project_in", tokens, decoder.hidden());
      Value places =
          tracer.positions("embed_positions", ids, positions, decoder.hidden(), UNUSED_POSITIONS);
      return Blocks.add(tracer, x, places);
    }

    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      Value middle = block(tracer, "self_attn_layer_norm", x, y -> attention(tracer, y));
      return block(tracer, "final_layer_norm", middle, y -> mlp(tracer, y));
    }

    private Value block(Tracer tracer, String name, Value x, UnaryOperator<Value> block) {
      return normsBefore
          ? Blocks.add(tracer, x, block.apply(norm.trace(tracer, name, x)))
          : norm.trace(tracer, name, Blocks.add(tracer, x, block.apply(x)));
    }

    private Value attention(Tracer tracer, Value x) {
      try (var module = tracer.module("self_attn", "OPTAttention")) {
        Attention attention = Attention.causal(module.name(), heads);
        Qkv qkv = Qkv.projected(tracer, x, heads, bias);
        // Queries are scaled before, which rounds otherwise than scaled scores.
        Value scaled = tracer.apply(new Scale(attention.scale(), Scale.Rounding.EXACT), qkv.q());
        Value mixed = tracer.apply(attention.scaledBy(1), scaled, qkv.k(), qkv.v());
        return tracer.linear("out_proj", mixed, x.channels(), bias);
      }
    }

    private Value mlp(Tracer tracer, Value x) {
      Value expanded = tracer.apply(activation, tracer.linear("fc1", x, intermediate, bias));
      return tracer.linear("fc2", expanded, x.channels(), bias);
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      Value normed = normsLast ? norm.trace(tracer, "final_layer_norm", x) : x;
      return project(tracer, "project_out", normed, width);
    }

    private static Value project(Tracer tracer, String name, Value x, int channels) {
      return x.channels() == channels ? x : tracer.linear(name, x, channels, Bias.ABSENT);
    }
  }
}
