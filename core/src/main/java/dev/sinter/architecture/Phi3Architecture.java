/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Channels.Slice;
import dev.sinter.graph.Elementwise.Multiply;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/**
 * Phi 3 (arXiv 2404.14219) and 4: as Llama, with one matrix for queries, keys and values, and one
 * for gate and up.
 */
final class Phi3Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("phi3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Phi3"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    Phi3 body =
        new Phi3(
            heads,
            RopeConfig.ofPhi3(config, heads.channels()),
            LayerTypes.of(config, decoder.layers(), layer -> config.has("sliding_window")),
            Norm.rms("Phi3RMSNorm", config.number("rms_norm_eps", 1e-5), Scaling.ROUNDED),
            config.size("intermediate_size"),
            ActivationConfig.of(config, "hidden_act", "silu"));
    config.requireValid();
    return decoder.trace(body);
  }

  private record Phi3(
      Heads heads, Rope rope, LayerTypes types, Norm norm, int intermediate, Activation activation)
      implements Decoder.Body {
    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(
          tracer, norm, x, y -> attention(tracer, index, y), y -> mlp(tracer, y));
    }

    private Value attention(Tracer tracer, int index, Value x) {
      try (var module = tracer.module("self_attn", "Phi3Attention")) {
        long width = heads.queryChannels() + heads.keyChannels() + heads.valueWidth();
        Value fused = tracer.linear("qkv_proj", x, width, Bias.ABSENT);
        Value mixed =
            Qkv.split(tracer, fused, heads)
                .turned(tracer, rope)
                .attended(tracer, types.limit(Attention.causal(module.name(), heads), index));
        return tracer.linear("o_proj", mixed, x.channels(), Bias.ABSENT);
      }
    }

    private Value mlp(Tracer tracer, Value x) {
      try (var module = tracer.module("mlp", "Phi3MLP")) {
        Value fused = tracer.linear("gate_up_proj", x, 2L * intermediate, Bias.ABSENT);
        Value gate = tracer.apply(new Slice(0, intermediate), fused);
        Value up = tracer.apply(new Slice(intermediate, intermediate), fused);
        Value gated = tracer.apply(new Multiply(), tracer.apply(activation, gate), up);
        return tracer.linear("down_proj", gated, x.channels(), Bias.ABSENT);
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }
  }
}
