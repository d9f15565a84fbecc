/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Elementwise.Scale;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/**
 * Granite (arXiv 2408.13359): as Llama, with multipliers of embeddings, scores, what each block
 * adds, and logits.
 */
final class GraniteArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("granite");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Granite"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    Bias bias = config.bias("attention_bias");
    Attention attention = Attention.causal("", heads);
    Granite body =
        new Granite(
            new RotaryAttention(
                "GraniteAttention",
                attention.scaledBy(config.number("attention_multiplier", 1)),
                LayerTypes.full(decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                bias,
                bias),
            GatedMlp.of(config, "GraniteMLP", config.bias("mlp_bias")),
            Norm.rms("GraniteRMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED),
            times(config.number("embedding_multiplier", 1)),
            times(config.number("residual_multiplier", 1)),
            times(1 / config.number("logits_scaling", 1)));
    config.requireValid();
    return decoder.trace(body);
  }

  private static Scale times(double factor) {
    return new Scale(factor, Scale.Rounding.EXACT);
  }

  private record Granite(
      RotaryAttention attention,
      GatedMlp mlp,
      Norm norm,
      Scale ofEmbeddings,
      Scale ofBlocks,
      Scale ofLogits)
      implements Decoder.Body {
    @Override
    public Value embed(Tracer tracer, Decoder decoder, Value ids) {
      return tracer.apply(ofEmbeddings, Decoder.Body.super.embed(tracer, decoder, ids));
    }

    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(
          tracer,
          norm,
          x,
          y -> tracer.apply(ofBlocks, attention.trace(tracer, index, y)),
          y -> tracer.apply(ofBlocks, mlp.trace(tracer, index, y)));
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }

    @Override
    public Value logits(Tracer tracer, Value y) {
      return tracer.apply(ofLogits, y);
    }
  }
}
