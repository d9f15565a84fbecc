/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;

/**
 * Llama (arXiv 2302.13971, 2307.09288, 2407.21783): pre-norm blocks of rotary grouped attention and
 * a gated MLP.
 */
final class LlamaArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("llama");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Llama"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    Bias bias = config.bias("attention_bias");
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                "LlamaAttention",
                Attention.causal("", heads),
                LayerTypes.full(decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                bias,
                bias),
            GatedMlp.of(config, "LlamaMLP", config.bias("mlp_bias")),
            Norm.rms("LlamaRMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }
}
