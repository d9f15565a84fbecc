/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;
import java.util.Optional;

/** Seed-OSS: as Llama, with heads of a width of their own, and biases that are chosen apart. */
final class SeedOssArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("seed_oss");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("SeedOss"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config, Optional.of(128));
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                "SeedOssAttention",
                Attention.causal("", heads),
                LayerTypes.full(decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                config.bias("attention_bias", Bias.PRESENT),
                config.bias("attention_out_bias")),
            GatedMlp.of(config, "SeedOssMLP", config.bias("mlp_bias")),
            Norm.rms("SeedOssRMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }
}
