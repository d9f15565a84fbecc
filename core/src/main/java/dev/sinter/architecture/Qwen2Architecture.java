/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;

/** Qwen 2 (arXiv 2407.10671): as Llama, with biases of queries, keys and values. */
final class Qwen2Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("qwen2");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Qwen2"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                "Qwen2Attention",
                Attention.causal("", heads),
                LayerTypes.ofQwen(config, decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                Bias.PRESENT,
                Bias.ABSENT),
            GatedMlp.of(config, "Qwen2MLP", Bias.ABSENT),
            Norm.rms("Qwen2RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }
}
