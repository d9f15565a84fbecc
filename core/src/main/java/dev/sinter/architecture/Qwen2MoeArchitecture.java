/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Elementwise;
import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/**
 * Qwen 2 with experts (arXiv 2407.10671): beside those that are routed to, one that every token
 * sees, behind a gate.
 */
final class Qwen2MoeArchitecture implements Architecture {
  private static final String FAMILY = "Qwen2Moe";

  @Override
  public List<String> modelTypes() {
    return List.of("qwen2_moe");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of(FAMILY), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    Qwen2Moe body =
        new Qwen2Moe(
            heads,
            RopeConfig.rope(config, heads.channels(), 10_000),
            layerTypes(config, decoder.layers()),
            config.bias("qkv_bias", Bias.PRESENT),
            Norm.rms(FAMILY + "RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED),
            SparseLayers.of(config),
            QwenExperts.of(config, FAMILY, options),
            config.size("intermediate_size"),
            config.size("shared_expert_intermediate_size"));
    config.requireValid();
    return decoder.trace(body);
  }

  /** Windows are off unless a flag turns them on, in every other one of the first layers. */
  private static LayerTypes layerTypes(ModelConfig config, int layers) {
    boolean windows = config.flag("use_sliding_window", false);
    int behindWindows = config.optionalSize("max_window_layers").orElse(28);
    return LayerTypes.of(
        config, layers, layer -> windows && layer % 2 == 0 && layer < behindWindows);
  }

  private record Qwen2Moe(
      Heads heads,
      Rope rope,
      LayerTypes types,
      Bias bias,
      Norm norm,
      SparseLayers sparse,
      QwenExperts experts,
      int intermediate,
      int sharedIntermediate)
      implements Decoder.Body {
    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(
          tracer, norm, x, y -> attention(tracer, index, y), y -> mlp(tracer, index, y));
    }

    private Value attention(Tracer tracer, int index, Value x) {
      try (var module = tracer.module("self_attn", FAMILY + "Attention")) {
        Value mixed =
            Qkv.projected(tracer, x, heads, bias)
                .turned(tracer, rope)
                .attended(tracer, types.limit(Attention.causal(module.name(), heads), index));
        return tracer.linear("o_proj", mixed, x.channels(), Bias.ABSENT);
      }
    }

    private Value mlp(Tracer tracer, int index, Value x) {
      if (!sparse.contains(index)) {
        return experts.dense(tracer, "mlp", x, intermediate);
      }
      try (var module = tracer.module("mlp", FAMILY + "SparseMoeBlock")) {
        Value routed = experts.routed(tracer, x);
        Value shared = experts.dense(tracer, "shared_expert", x, sharedIntermediate);
        Value gate =
            tracer.router("shared_expert_gate", x, 1, Bias.ABSENT, Router.Precision.OF_MODEL);
        Value open = tracer.apply(Activation.SIGMOID, gate);
        return Blocks.add(tracer, routed, tracer.apply(new Elementwise.Multiply(), shared, open));
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }
  }
}
