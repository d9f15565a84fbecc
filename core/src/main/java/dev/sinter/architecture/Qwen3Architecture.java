/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;
import java.util.Optional;

/** Qwen 3 (arXiv 2505.09388): as Llama, with queries and keys normed by head. */
final class Qwen3Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("qwen3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Qwen3"), Decoder.Head.OWN);
    PreNormBody body =
        new PreNormBody(
            attention(config, "Qwen3", LayerTypes.ofQwen(config, decoder.layers())),
            GatedMlp.of(config, "Qwen3MLP", Bias.ABSENT),
            Norm.rms("Qwen3RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }

  /** The attention of the Qwen 3 families. */
  static RotaryAttention attention(ModelConfig config, String family, LayerTypes types) {
    Heads heads = HeadConfig.grouped(config, Optional.of(128));
    double epsilon = config.number("rms_norm_eps", 1e-6);
    Bias bias = config.bias("attention_bias");
    return new RotaryAttention(
        family + "Attention",
        Attention.causal("", heads),
        types,
        Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
        Norm.rmsOfHeads(family + "RMSNorm", heads.channels(), epsilon, Scaling.ROUNDED),
        bias,
        bias);
  }
}
