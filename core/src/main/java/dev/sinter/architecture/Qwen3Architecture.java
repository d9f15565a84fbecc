/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;
import java.util.Optional;

/** Qwen 3 (arXiv 2505.09388): as Llama, with queries and keys normed by head. */
final class Qwen3Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("qwen3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Qwen3"), Decoder.Head.OWN);
    LayerTypes types = layerTypes(config, decoder.layers());
    Qwen3 body =
        new Qwen3(
            SelfAttention.of(config, "Qwen3", types),
            config.size("intermediate_size"),
            Norm.rms("Qwen3RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED),
            ActivationConfig.of(config, "hidden_act", "silu"));
    config.requireValid();
    return decoder.trace(body);
  }

  /** Windows are off unless a flag turns them on, from some layer on. */
  private static LayerTypes layerTypes(ModelConfig config, int layers) {
    boolean windows = config.flag("use_sliding_window", false) && config.has("sliding_window");
    int firstSliding = config.optionalSize("max_window_layers").orElse(28);
    return LayerTypes.of(config, layers, layer -> windows && layer >= firstSliding);
  }

  /** The attention of the Qwen 3 families. */
  record SelfAttention(
      String className, Heads heads, Rope rope, Norm headNorm, Bias bias, LayerTypes types) {

    static SelfAttention of(ModelConfig config, String family, LayerTypes types) {
      Heads heads = HeadConfig.grouped(config, Optional.of(128));
      double epsilon = config.number("rms_norm_eps", 1e-6);
      return new SelfAttention(
          family + "Attention",
          heads,
          RopeConfig.rope(config, heads.channels(), 10_000),
          Norm.rmsOfHeads(family + "RMSNorm", heads.channels(), epsilon, Scaling.ROUNDED),
          config.bias("attention_bias"),
          types);
    }

    Value trace(Tracer tracer, int layer, Value x) {
      try (var module = tracer.module("self_attn", className)) {
        Attention attention = types.limit(Attention.causal(module.name(), heads), layer);
        Value mixed =
            Qkv.projected(tracer, x, heads, bias)
                .normed(tracer, headNorm)
                .turned(tracer, rope)
                .attended(tracer, attention);
        return tracer.linear("o_proj", mixed, x.channels(), bias);
      }
    }
  }

  private record Qwen3(SelfAttention attention, int intermediate, Norm norm, Activation activation)
      implements Decoder.Body {
    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(
          tracer, norm, x, y -> attention.trace(tracer, index, y), y -> mlp(tracer, y));
    }

    private Value mlp(Tracer tracer, Value x) {
      try (var module = tracer.module("mlp", "Qwen3MLP")) {
        return Blocks.gatedMlp(tracer, x, intermediate, activation, Bias.ABSENT);
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }
  }
}
