/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.architecture.Blocks.GatedNames;
import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
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
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                "MixtralAttention",
                Attention.causal("", heads),
                LayerTypes.of(config, decoder.layers(), layer -> config.has("sliding_window")),
                Turning.by(RopeConfig.rope(config, heads.channels(), 1e6)),
                Norm.none(),
                Bias.ABSENT,
                Bias.ABSENT),
            mixture(config, options),
            Norm.rms("MixtralRMSNorm", config.number("rms_norm_eps", 1e-5), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }

  private static LayerPart mixture(ModelConfig config, TraceOptions options) {
    int experts = config.repeats("num_local_experts");
    int perToken = config.sizeUpTo("num_experts_per_tok", "num_local_experts", experts);
    return new SparseMoe(
        Route.softmax(perToken, Weighting.Sum.ONE, Weighting.Type.F32),
        new Mixture(experts, "MixtralExperts", "MixtralBlockSparseTop2MLP", options.experts()),
        config.size("intermediate_size"),
        ActivationConfig.of(config, "hidden_act", "silu"));
  }

  private record SparseMoe(Route route, Mixture mixture, int intermediate, Activation activation)
      implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int layer, Value x) {
      try (var module = tracer.module("block_sparse_moe", "MixtralSparseMoeBlock")) {
        return mixture.trace(
            tracer,
            x,
            tracer.apply(route, mixture.logits(tracer, x)),
            y -> Blocks.gatedMlp(tracer, EXPERT, y, intermediate, activation, Bias.ABSENT));
      }
    }
  }
}
