/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Route;
import dev.sinter.graph.Route.Groups;
import dev.sinter.graph.Route.Weighting;
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
    int experts = config.sizeOfEither("num_experts", "num_local_experts");
    Qwen3Moe body =
        new Qwen3Moe(
            Qwen3Architecture.SelfAttention.of(config, FAMILY, types),
            Norm.rms(FAMILY + "RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED),
            SparseLayers.of(config),
            config.size("intermediate_size"),
            ActivationConfig.of(config, "hidden_act", "silu"),
            route(config, experts),
            new Mixture(experts, FAMILY + "Experts", FAMILY + "MLP", options.experts()),
            config.size("moe_intermediate_size"));
    config.requireValid();
    return decoder.trace(body);
  }

  private static Route route(ModelConfig config, int experts) {
    Weighting.Sum sum =
        config.flag("norm_topk_prob", false) ? Weighting.Sum.ONE : Weighting.Sum.AS_IT_IS;
    return new Route(
        Route.Scores.SOFTMAX,
        config.sizeUpTo("num_experts_per_tok", experts),
        Groups.NONE,
        new Weighting(sum, 1, Weighting.Type.OF_LOGITS),
        "");
  }

  private record Qwen3Moe(
      Qwen3Architecture.SelfAttention attention,
      Norm norm,
      SparseLayers sparse,
      int intermediate,
      Activation activation,
      Route route,
      Mixture mixture,
      int expertIntermediate)
      implements Decoder.Body {
    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(
          tracer, norm, x, y -> attention.trace(tracer, index, y), y -> mlp(tracer, index, y));
    }

    private Value mlp(Tracer tracer, int index, Value x) {
      boolean isSparse = sparse.contains(index);
      try (var mlp = tracer.module("mlp", FAMILY + (isSparse ? "SparseMoeBlock" : "MLP"))) {
        return isSparse ? experts(tracer, x) : gated(tracer, x, intermediate);
      }
    }

    private Value experts(Tracer tracer, Value x) {
      Value logits =
          tracer.router("gate", x, mixture.experts(), Bias.ABSENT, Router.Precision.OF_MODEL);
      Value routing = tracer.apply(route, logits);
      return mixture.trace(tracer, x, routing, y -> gated(tracer, y, expertIntermediate));
    }

    private Value gated(Tracer tracer, Value x, int width) {
      return Blocks.gatedMlp(tracer, x, width, activation, Bias.ABSENT);
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }
  }
}
