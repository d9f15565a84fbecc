/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;
import java.util.Optional;

/** Gemma (arXiv 2403.08295): as Llama, with scaled embeddings and norms that are off by one. */
final class GemmaArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("gemma");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Gemma"), Decoder.Head.TIED);
    Heads heads = HeadConfig.grouped(config, Optional.of(256));
    Bias bias = config.bias("attention_bias");
    config.mustBeFalse("use_bidirectional_attention");
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                "GemmaAttention",
                Attention.causal("", heads),
                LayerTypes.full(decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                bias,
                bias),
            new GatedMlp(
                "GemmaMLP", config.size("intermediate_size"), activation(config), Bias.ABSENT),
            Norm.rms("GemmaRMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.OFFSET));
    config.requireValid();
    return decoder.trace(new Gemma(body));
  }

  /** The first configs say gelu, and mean its approximation. */
  private static Activation activation(ModelConfig config) {
    Activation said = ActivationConfig.of(config, "hidden_act", "gelu_pytorch_tanh");
    return said == Activation.GELU ? Activation.GELU_TANH : said;
  }

  private record Gemma(PreNormBody layers) implements Decoder.Body {
    @Override
    public Value embed(Tracer tracer, Decoder decoder, Value ids) {
      return GemmaBody.scaled(tracer, decoder, layers.embed(tracer, decoder, ids));
    }

    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return layers.layer(tracer, index, x);
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return layers.norm(tracer, x);
    }
  }
}
