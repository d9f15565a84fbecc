/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.architecture.Blocks.GatedNames;
import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Route;
import dev.sinter.graph.Route.Weighting;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/** Mixtral (arXiv 2401.04088): Mistral's layers with experts for an MLP. */
final class MixtralArchitecture implements Architecture {
  private static final GatedNames EXPERT = new GatedNames("w1", "w3", "w2");

  @Override
  public List<String> modelTypes() {
    return List.of("mixtral");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Mixtral"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    int experts = config.size("num_local_experts");
    Mixtral body =
        new Mixtral(
            heads,
            RopeConfig.rope(config, heads.channels(), 1e6),
            LayerTypes.of(config, decoder.layers(), layer -> config.has("sliding_window")),
            Norm.rms("MixtralRMSNorm", config.number("rms_norm_eps", 1e-5), Scaling.ROUNDED),
            Route.softmax(
                config.sizeUpTo("num_experts_per_tok", "num_local_experts", experts),
                Weighting.Sum.ONE,
                Weighting.Type.F32),
            new Mixture(experts, "MixtralExperts", "MixtralBlockSparseTop2MLP", options.experts()),
            config.size("intermediate_size"),
            ActivationConfig.of(config, "hidden_act", "silu"));
    config.requireValid();
    return decoder.trace(body);
  }

  private record Mixtral(
      Heads heads,
      Rope rope,
      LayerTypes types,
      Norm norm,
      Route route,
      Mixture mixture,
      int intermediate,
      Activation activation)
      implements Decoder.Body {
    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(
          tracer, norm, x, y -> attention(tracer, index, y), y -> experts(tracer, y));
    }

    private Value attention(Tracer tracer, int index, Value x) {
      try (var module = tracer.module("self_attn", "MixtralAttention")) {
        Attention attention = types.limit(Attention.causal(module.name(), heads), index);
        Value mixed =
            Qkv.projected(tracer, x, heads, Bias.ABSENT)
                .turned(tracer, rope)
                .attended(tracer, attention);
        return tracer.linear("o_proj", mixed, x.channels(), Bias.ABSENT);
      }
    }

    private Value experts(Tracer tracer, Value x) {
      try (var module = tracer.module("block_sparse_moe", "MixtralSparseMoeBlock")) {
        Value logits =
            tracer.router("gate", x, mixture.experts(), Bias.ABSENT, Router.Precision.OF_MODEL);
        return mixture.trace(
            tracer,
            x,
            tracer.apply(route, logits),
            y -> Blocks.gatedMlp(tracer, EXPERT, y, intermediate, activation, Bias.ABSENT));
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }
  }
}
