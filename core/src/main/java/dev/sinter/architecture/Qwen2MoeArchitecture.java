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
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                FAMILY + "Attention",
                Attention.causal("", heads),
                layerTypes(config, decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                config.bias("qkv_bias", Bias.PRESENT),
                Bias.ABSENT),
            new SparseMoe(
                SparseLayers.of(config),
                QwenExperts.of(config, FAMILY, options),
                config.size("shared_expert_intermediate_size")),
            Norm.rms(FAMILY + "RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }

  /** Windows are off unless a flag turns them on, in every other one of the first layers. */
  private static LayerTypes layerTypes(ModelConfig config, int layers) {
    boolean windows = config.flag("use_sliding_window", false);
    int behindWindows = config.count("max_window_layers", 28);
    return LayerTypes.of(
        config, layers, layer -> windows && layer % 2 == 0 && layer < behindWindows);
  }

  private record SparseMoe(SparseLayers sparse, QwenExperts experts, int sharedIntermediate)
      implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int layer, Value x) {
      if (!sparse.contains(layer)) {
        return experts.dense(tracer, x);
      }
      try (var module = tracer.module("mlp", FAMILY + "SparseMoeBlock")) {
        Value routed = experts.routed(tracer, x);
        Value shared = experts.mlp(tracer, "shared_expert", x, sharedIntermediate);
        Value gate =
            tracer.router("shared_expert_gate", x, 1, Bias.ABSENT, Router.Precision.OF_MODEL);
        Value open = tracer.apply(Activation.SIGMOID, gate);
        return Blocks.add(tracer, routed, tracer.apply(new Elementwise.Multiply(), shared, open));
      }
    }
  }
}
