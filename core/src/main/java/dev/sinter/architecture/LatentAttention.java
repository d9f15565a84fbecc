/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Channels;
import dev.sinter.graph.Frequencies;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.Optional;

/**
 * Multi-head latent attention (arXiv 2405.04434, section 2.1): queries, and keys with values, come
 * out of narrow latents; part of each head's channels turn, and all heads share those of the key.
 *
 * @param still the channels of a query or key head that do not turn
 * @param turning those that do
 * @param queryLatent the width of the queries' latent; empty if there is none
 */
record LatentAttention(
    String family,
    Heads heads,
    int still,
    int turning,
    Optional<Integer> queryLatent,
    int keyLatent,
    double scale,
    Rope.Pairs pairs,
    Frequencies frequencies,
    Bias bias)
    implements LayerPart {
  /** What the norms of latents use, whatever the config says of others. */
  private static final double EPSILON = 1e-6;

  static LatentAttention of(ModelConfig config, String family, Rope.Pairs pairs) {
    int count = config.size("num_attention_heads");
    int keys = config.optionalSize("num_key_value_heads").orElse(count);
    if (keys != count) {
      config.problem(
          "num_key_value_heads is " + keys + "; latent attention has one for each query head");
    }
    int still = config.size("qk_nope_head_dim");
    int turning = config.size("qk_rope_head_dim");
    Heads heads = new Heads(count, count, still + turning, config.size("v_head_dim"));
    return new LatentAttention(
        family,
        heads,
        still,
        turning,
        config.optionalSize("q_lora_rank"),
        config.size("kv_lora_rank"),
        RopeConfig.magnitudeOfScores(config) / Math.sqrt(heads.channels()),
        pairs,
        RopeConfig.rope(config, turning, 10_000).frequencies(),
        config.bias("attention_bias"));
  }

  @Override
  public Value trace(Tracer tracer, int layer, Value x) {
    try (var module = tracer.module("self_attn", family + "Attention")) {
      Rope ofQueries = new Rope(heads.channels(), still, turning, pairs, frequencies);
      Value q = tracer.apply(ofQueries, queries(tracer, x));
      Value latents = tracer.linear("kv_a_proj_with_mqa", x, keyLatent + turning, bias);
      Value latent = tracer.apply(new Channels.Slice(0, keyLatent), latents);
      Value shared = tracer.apply(new Channels.Slice(keyLatent, turning), latents);
      Rope ofKey = new Rope(turning, 0, turning, pairs, frequencies);
      Value turned = tracer.apply(ofKey, shared);
      int both = still + heads.valueChannels();
      Value kv =
          tracer.linear(
              "kv_b_proj",
              norm().trace(tracer, "kv_a_layernorm", latent),
              (long) heads.keys() * both,
              Bias.ABSENT);
      Value kStill = tracer.apply(new Channels.HeadSlice(both, 0, still), kv);
      Value k = tracer.apply(new Channels.AppendToHeads(heads.keys()), kStill, turned);
      Value v = tracer.apply(new Channels.HeadSlice(both, still, heads.valueChannels()), kv);
      Attention attention = Attention.causal(module.name(), heads).scaledBy(scale);
      return tracer.linear("o_proj", tracer.apply(attention, q, k, v), x.channels(), bias);
    }
  }

  private Value queries(Tracer tracer, Value x) {
    if (queryLatent.isEmpty()) {
      return tracer.linear("q_proj", x, heads.queryChannels(), Bias.ABSENT);
    }
    Value latent = tracer.linear("q_a_proj", x, queryLatent.get(), bias);
    Value normed = norm().trace(tracer, "q_a_layernorm", latent);
    return tracer.linear("q_b_proj", normed, heads.queryChannels(), Bias.ABSENT);
  }

  private Norm norm() {
    return Norm.rms(family + "RMSNorm", EPSILON, Scaling.ROUNDED);
  }
}
