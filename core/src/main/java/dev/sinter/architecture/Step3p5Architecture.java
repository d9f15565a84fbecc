/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.architecture.Step3p5Config.LayerConfig;
import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Elementwise;
import dev.sinter.graph.Elementwise.Clamp;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Route;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Step 3.5 (https://github.com/stepfun-ai/Step-3.5-Flash): windows with heads and a rotary base of
 * their own, attention outputs behind a gate for each head, and experts whose gates and ups some
 * layers cut.
 */
final class Step3p5Architecture implements Architecture {
  private static final Names NAMES = Names.of("Step3p5");
  private static final String MLP = "Step3p5MLP";

  @Override
  public List<String> modelTypes() {
    return List.of("step3p5");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, NAMES, Decoder.Head.OWN);
    Step3p5Config read = Step3p5Config.of(config, decoder.layers());
    Mixture mixture = new Mixture(read.experts(), "Step3p5Experts", MLP, options.experts());
    config.requireValid();
    return decoder.trace(
        new PreNormBody(new GatedAttention(read), new Mlp(read, mixture), read.norm()));
  }

  private record GatedAttention(Step3p5Config config) implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int index, Value x) {
      LayerConfig layer = config.layers().get(index);
      Heads heads = layer.heads();
      try (var module = tracer.module("self_attn", "Step3p5Attention")) {
        Value mixed =
            Qkv.projected(tracer, x, heads, Bias.ABSENT)
                .normed(tracer, config.headNorm())
                .turned(tracer, layer.rope())
                .attended(tracer, Attention.causal(module.name(), heads).within(layer.window()));
        if (config.gatesHeads()) {
          Value gate = tracer.linear("g_proj", x, heads.queries(), Bias.ABSENT);
          Value open = tracer.apply(Activation.SIGMOID, gate);
          mixed = tracer.apply(new Elementwise.MultiplyHeads(heads.queries()), mixed, open);
        }
        return tracer.linear("o_proj", mixed, x.channels(), Bias.ABSENT);
      }
    }
  }

  private record Mlp(Step3p5Config config, Mixture mixture) implements LayerPart {
    @Override
    public Value trace(Tracer tracer, int index, Value x) {
      LayerConfig layer = config.layers().get(index);
      return layer.isSparse()
          ? sparse(tracer, layer, x)
          : mlp(tracer, "mlp", config.intermediate(), layer.sharedLimit(), x);
    }

    private Value sparse(Tracer tracer, LayerConfig layer, Value x) {
      Value shared =
          mlp(tracer, "share_expert", config.sharedIntermediate(), layer.sharedLimit(), x);
      try (var module = tracer.module("moe", "Step3p5MoEMLP")) {
        Value logits =
            tracer.router("gate", x, config.experts(), Bias.ABSENT, config.routerPrecision());
        Route route = config.route();
        if (config.correctsRoutes()) {
          String correction = tracer.parameter("router_bias", Shape.of(config.experts()));
          route = route.correctedBy(correction);
        }
        Value routing = tracer.apply(route, logits);
        Value routed =
            mixture.trace(
                tracer,
                x,
                routing,
                y -> gated(tracer, config.expertIntermediate(), layer.expertLimit(), y));
        return Blocks.add(tracer, routed, shared);
      }
    }

    private Value mlp(Tracer tracer, String name, int width, double limit, Value x) {
      try (var module = tracer.module(name, MLP)) {
        return gated(tracer, width, limit, x);
      }
    }

    private Value gated(Tracer tracer, int width, double limit, Value x) {
      if (Double.isInfinite(limit)) {
        return Blocks.gatedMlp(tracer, x, width, Activation.SILU, Bias.ABSENT);
      }
      Value gate = tracer.linear("gate_proj", x, width, Bias.ABSENT);
      Value up = tracer.linear("up_proj", x, width, Bias.ABSENT);
      Value open = tracer.apply(Activation.SILU, gate);
      Value gated =
          tracer.apply(
              new Elementwise.Multiply(),
              tracer.apply(new Clamp(Double.NEGATIVE_INFINITY, limit), open),
              tracer.apply(new Clamp(-limit, limit), up));
      return tracer.linear("down_proj", gated, x.channels(), Bias.ABSENT);
    }
  }
}
