/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;

/** Arcee (AFM): as Llama, with an MLP without a gate. */
final class ArceeArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("arcee");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Arcee"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    Bias bias = config.bias("attention_bias");
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                "ArceeAttention",
                Attention.causal("", heads),
                LayerTypes.full(decoder.layers()),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                bias,
                bias),
            new PlainMlp(
                "ArceeMLP",
                "up_proj",
                "down_proj",
                config.size("intermediate_size"),
                ActivationConfig.of(config, "hidden_act", "relu2"),
                config.bias("mlp_bias")),
            Norm.rms("ArceeRMSNorm", config.number("rms_norm_eps", 1e-5), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }
}
