/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Graph;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/** Qwen 3 with experts (arXiv 2505.09388): layers whose MLP is a mixture, and some dense ones. */
final class Qwen3MoeArchitecture implements Architecture {
  private static final String FAMILY = "Qwen3Moe";

  @Override
  public List<String> modelTypes() {
    return List.of("qwen3_moe");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of(FAMILY), Decoder.Head.OWN);
    boolean windows = config.flag("use_sliding_window", false) && config.has("sliding_window");
    LayerTypes types = LayerTypes.of(config, decoder.layers(), layer -> windows);
    Qwen3Moe body =
        new Qwen3Moe(
            Qwen3Architecture.attention(config, FAMILY, types),
            Norm.rms(FAMILY + "RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED),
            SparseLayers.of(config),
            QwenExperts.of(config, FAMILY, options),
            config.size("intermediate_size"));
    config.requireValid();
    return decoder.trace(body);
  }

  private record Qwen3Moe(
      LayerAttention attention,
      Norm norm,
      SparseLayers sparse,
      QwenExperts experts,
      int intermediate)
      implements Decoder.Body {
    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(
          tracer, norm, x, y -> attention.trace(tracer, index, y), y -> mlp(tracer, index, y));
    }

    private Value mlp(Tracer tracer, int index, Value x) {
      if (!sparse.contains(index)) {
        return experts.dense(tracer, "mlp", x, intermediate);
      }
      try (var module = tracer.module("mlp", FAMILY + "SparseMoeBlock")) {
        return experts.routed(tracer, x);
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }
  }
}
