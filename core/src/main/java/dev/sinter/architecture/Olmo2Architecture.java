/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;

/**
 * OLMo 2 (arXiv 2501.00656): norms behind each block, and of all queries and all keys of a token
 * together.
 */
final class Olmo2Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("olmo2");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Olmo2"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    Norm norm = Norm.rms("Olmo2RMSNorm", config.number("rms_norm_eps", 1e-5), Scaling.EXACT);
    Bias bias = config.bias("attention_bias");
    OlmoBody body =
        new OlmoBody(
            new RotaryAttention(
                "Olmo2Attention",
                Attention.causal("", heads),
                LayerTypes.full(decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000).inF32()),
                norm,
                bias,
                bias),
            GatedMlp.of(config, "Olmo2MLP", Bias.ABSENT),
            norm);
    config.requireValid();
    return decoder.trace(body);
  }
}
