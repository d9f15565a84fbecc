/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Route;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/**
 * DeepSeek V2 and V3 (arXiv 2405.04434, 2412.19437): latent attention, and behind the first dense
 * layers a mixture of experts beside some that every token sees.
 */
final class DeepseekArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("deepseek_v2", "deepseek_v3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    DeepseekVersion version = DeepseekVersion.of(config);
    Decoder decoder = Decoder.of(config, Names.of(version.family()), Decoder.Head.OWN);
    config.mustBe("moe_layer_freq", 1);
    config.mustBeFalse("mlp_bias");
    int experts = config.repeats("n_routed_experts");
    int intermediate = config.size("moe_intermediate_size");
    PreNormBody body =
        new PreNormBody(
            LatentAttention.of(config, version.family(), version.pairs(config)),
            new SparseMoe(
                version,
                config.count("first_k_dense_replace", 0),
                config.size("intermediate_size"),
                version.route(config, experts),
                new Mixture(
                    experts,
                    version.family() + "Experts",
                    version.family() + "MLP",
                    options.experts()),
                intermediate,
                intermediate * config.size("n_shared_experts"),
                ActivationConfig.of(config, "hidden_act", "silu")),
            Norm.rms(
                version.family() + "RMSNorm",
                config.number("rms_norm_eps", 1e-6),
                Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }

  private record SparseMoe(
      DeepseekVersion version,
      int denseLayers,
      int intermediate,
      Route route,
      Mixture mixture,
      int expertIntermediate,
      int sharedIntermediate,
      Activation activation)
      implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int layer, Value x) {
      if (layer < denseLayers) {
        return dense(tracer, "mlp", x, intermediate);
      }
      try (var module = tracer.module("mlp", version.mixtureClass())) {
        Value logits =
            tracer.router("gate", x, mixture.experts(), Bias.ABSENT, Router.Precision.F32);
        Value routing = version.chosen(tracer, route, logits);
        Value routed = mixture.trace(tracer, x, routing, y -> gated(tracer, y, expertIntermediate));
        return Blocks.add(tracer, routed, dense(tracer, "shared_experts", x, sharedIntermediate));
      }
    }

    private Value dense(Tracer tracer, String name, Value x, int width) {
      try (var module = tracer.module(name, version.family() + "MLP")) {
        return gated(tracer, x, width);
      }
    }

    private Value gated(Tracer tracer, Value x, int width) {
      return Blocks.gatedMlp(tracer, x, width, activation, Bias.ABSENT);
    }
  }
}
