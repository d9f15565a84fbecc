/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import java.util.List;

/**
 * OLMo 3: as OLMo 2, with a window in three of four layers; only the positions of the others are
 * stretched.
 */
final class Olmo3Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("olmo3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Olmo3"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    LayerTypes types = LayerTypes.of(config, decoder.layers(), 4096, layer -> (layer + 1) % 4 != 0);
    Norm norm = Norm.rms("Olmo3RMSNorm", config.number("rms_norm_eps", 1e-5), Scaling.EXACT);
    Bias bias = config.bias("attention_bias");
    OlmoBody body =
        new OlmoBody(
            new RotaryAttention(
                "Olmo3Attention",
                Attention.causal("", heads),
                types,
                turning(config, types, heads.channels()),
                norm,
                bias,
                bias),
            GatedMlp.of(config, "Olmo3MLP", Bias.ABSENT),
            norm);
    config.requireValid();
    return decoder.trace(body);
  }

  private static Turning turning(ModelConfig config, LayerTypes types, int headChannels) {
    Rope full =
        RopeConfig.rope(config, "full_attention", headChannels, 5e5, "rope_theta", "rope_scaling");
    Rope sliding =
        RopeConfig.rope(config, "sliding_attention", headChannels, 5e5, "rope_theta", "");
    return Turning.by(types, full.inF32(), sliding.inF32());
  }
}
