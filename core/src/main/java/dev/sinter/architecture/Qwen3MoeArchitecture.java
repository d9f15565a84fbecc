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
    PreNormBody body =
        new PreNormBody(
            Qwen3Architecture.attention(config, FAMILY, types),
            new SparseMoe(SparseLayers.of(config), QwenExperts.of(config, FAMILY, options)),
            Norm.rms(FAMILY + "RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }

  private record SparseMoe(SparseLayers sparse, QwenExperts experts) implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int layer, Value x) {
      if (!sparse.contains(layer)) {
        return experts.dense(tracer, x);
      }
      try (var module = tracer.module("mlp", FAMILY + "SparseMoeBlock")) {
        return experts.routed(tracer, x);
      }
    }
  }
}
