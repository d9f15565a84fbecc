/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.ClampedGlu;
import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Route;
import dev.sinter.graph.Route.Groups;
import dev.sinter.graph.Route.Weighting;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * GPT-OSS (arXiv 2508.10925): attention with a learned sink for each head, every other layer within
 * a window, and experts with biases whose gates and ups are clamped.
 */
final class GptOssArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("gpt_oss");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("GptOss"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config, Optional.of(64));
    int experts = config.repeats("num_local_experts");
    PreNormBody body =
        new PreNormBody(
            new SinkAttention(
                heads,
                Turning.by(RopeConfig.rope(config, heads.channels(), 150_000)),
                LayerTypes.of(config, decoder.layers(), layer -> layer % 2 == 0),
                config.bias("attention_bias", Bias.PRESENT)),
            new Moe(
                new Route(
                    Route.Scores.SOFTMAX_OF_CHOSEN,
                    config.sizeUpTo("num_experts_per_tok", "num_local_experts", experts),
                    Groups.NONE,
                    new Weighting(Weighting.Sum.AS_IT_IS, 1, Weighting.Type.OF_LOGITS),
                    ""),
                new Mixture(experts, "GptOssExperts", "GptOssMLP", options.experts()),
                config.size("intermediate_size"),
                new ClampedGlu(1.702, config.number("swiglu_limit", 7))),
            Norm.rms("GptOssRMSNorm", config.number("rms_norm_eps", 1e-5), Scaling.EXACT));
    config.requireValid();
    return decoder.trace(body);
  }

  private record SinkAttention(Heads heads, Turning turning, LayerTypes types, Bias bias)
      implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int layer, Value x) {
      try (var module = tracer.module("self_attn", "GptOssAttention")) {
        String sinks = tracer.parameter("sinks", Shape.of(heads.queries()));
        Attention attention = Attention.causal(module.name(), heads).withSinks(sinks);
        Value mixed =
            turning
                .turn(tracer, layer, Qkv.projected(tracer, x, heads, bias))
                .attended(tracer, types.limit(attention, layer));
        return tracer.linear("o_proj", mixed, x.channels(), bias);
      }
    }
  }

  private record Moe(Route route, Mixture mixture, int intermediate, ClampedGlu gating)
      implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int layer, Value x) {
      try (var module = tracer.module("mlp", "GptOssMLP")) {
        Value logits =
            tracer.router("router", x, mixture.experts(), Bias.PRESENT, Router.Precision.OF_MODEL);
        return mixture.trace(tracer, x, tracer.apply(route, logits), y -> expert(tracer, y));
      }
    }

    private Value expert(Tracer tracer, Value x) {
      Value gate = tracer.linear("gate_proj", x, intermediate, Bias.PRESENT);
      Value up = tracer.linear("up_proj", x, intermediate, Bias.PRESENT);
      Value gated = tracer.apply(gating, gate, up);
      return tracer.linear("down_proj", gated, x.channels(), Bias.PRESENT);
    }
  }
}
