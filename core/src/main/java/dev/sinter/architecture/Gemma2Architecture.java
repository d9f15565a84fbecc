/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;
import java.util.Optional;

/**
 * Gemma 2 (arXiv 2408.00118): norms before and behind each block, capped scores and logits, and a
 * window in every other layer.
 */
final class Gemma2Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("gemma2");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Gemma2"), Decoder.Head.TIED);
    config.mustBeFalse("use_bidirectional_attention");
    GemmaBody body =
        new GemmaBody(
            attention(config, decoder.layers()),
            new GatedMlp(
                "Gemma2MLP",
                config.size("intermediate_size"),
                ActivationConfig.of(config, "hidden_activation", "gelu_pytorch_tanh"),
                Bias.ABSENT),
            Norm.rms("Gemma2RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.OFFSET),
            config.numberOrNone("final_logit_softcapping", 30));
    config.requireValid();
    return decoder.trace(body);
  }

  private static RotaryAttention attention(ModelConfig config, int layers) {
    Heads heads = HeadConfig.grouped(config, Optional.of(256));
    Attention attention =
        Attention.causal("", heads)
            .scaledBy(Math.pow(config.number("query_pre_attn_scalar", 256), -0.5));
    Bias bias = config.bias("attention_bias");
    return new RotaryAttention(
        "Gemma2Attention",
        config
            .numberOrNone("attn_logit_softcapping", 50)
            .map(attention::cappedAt)
            .orElse(attention),
        LayerTypes.of(config, layers, 4096, layer -> layer % 2 == 0),
        Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
        Norm.none(),
        bias,
        bias);
  }
}
