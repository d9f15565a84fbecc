/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.CausalAttention;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/**
 * Llama (arXiv 2302.13971, 2307.09288, 2407.21783): pre-norm blocks of rotary grouped attention and
 * a gated MLP.
 */
final class LlamaArchitecture implements Architecture {
  private static final String LAYER = "LlamaDecoderLayer";

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public Graph trace(ModelConfig config) {
    Sizes sizes = Sizes.of(config);
    config.requireValid();
    Tracer tracer = new Tracer();
    Value ids = tracer.input();
    Value hidden;
    try (var model = tracer.module("model", "LlamaModel")) {
      hidden = tracer.embedding("embed_tokens", ids, sizes.vocabulary, sizes.hidden);
      for (int i = 0; i < sizes.layers; i++) {
        try (var layer = tracer.module("layers." + i, LAYER)) {
          hidden = layer(tracer, sizes, hidden);
        }
      }
      hidden = norm(tracer, sizes, "norm", hidden);
    }
    Value logits = tracer.linear("lm_head", hidden, sizes.vocabulary, sizes.hidden, Bias.ABSENT);
    return tracer.finish(ids, logits, LAYER);
  }

  private static Value layer(Tracer tracer, Sizes sizes, Value input) {
    Value attended = attention(tracer, sizes, norm(tracer, sizes, "input_layernorm", input));
    Value middle = tracer.apply(new Op.Add(), input, attended);
    Value expanded = mlp(tracer, sizes, norm(tracer, sizes, "post_attention_layernorm", middle));
    return tracer.apply(new Op.Add(), middle, expanded);
  }

  private static Value norm(Tracer tracer, Sizes sizes, String name, Value x) {
    return tracer.rmsNorm(name, "LlamaRMSNorm", x, sizes.hidden, sizes.epsilon);
  }

  private static Value attention(Tracer tracer, Sizes sizes, Value x) {
    long queryChannels = (long) sizes.heads * sizes.headDim;
    long keyChannels = (long) sizes.keyHeads * sizes.headDim;
    try (var attention = tracer.module("self_attn", "LlamaAttention")) {
      Value q = tracer.linear("q_proj", x, queryChannels, sizes.hidden, sizes.attentionBias);
      Value k = tracer.linear("k_proj", x, keyChannels, sizes.hidden, sizes.attentionBias);
      Value v = tracer.linear("v_proj", x, keyChannels, sizes.hidden, sizes.attentionBias);
      Value turnedQ = tracer.apply(sizes.rope, q);
      Value turnedK = tracer.apply(sizes.rope, k);
      Value mixed =
          tracer.apply(
              new CausalAttention(sizes.heads, sizes.keyHeads, sizes.headDim), turnedQ, turnedK, v);
      return tracer.linear("o_proj", mixed, sizes.hidden, queryChannels, sizes.attentionBias);
    }
  }

  private static Value mlp(Tracer tracer, Sizes sizes, Value x) {
    try (var mlp = tracer.module("mlp", "LlamaMLP")) {
      Value gate = tracer.linear("gate_proj", x, sizes.intermediate, sizes.hidden, sizes.mlpBias);
      Value up = tracer.linear("up_proj", x, sizes.intermediate, sizes.hidden, sizes.mlpBias);
      Value gated = tracer.apply(new Op.Multiply(), tracer.apply(new Op.Silu(), gate), up);
      return tracer.linear("down_proj", gated, sizes.hidden, sizes.intermediate, sizes.mlpBias);
    }
  }

  /** What the config says. */
  private record Sizes(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int keyHeads,
      int headDim,
      int vocabulary,
      double epsilon,
      Bias attentionBias,
      Bias mlpBias,
      Rope rope) {

    static Sizes of(ModelConfig config) {
      int hidden = config.size("hidden_size");
      int heads = config.size("num_attention_heads");
      int keyHeads = config.optionalSize("num_key_value_heads").orElse(heads);
      int headDim = config.optionalSize("head_dim").orElse(hidden / heads);
      if (config.isValid()) {
        checkHeads(config, hidden, heads, keyHeads, headDim);
      }
      config.oneOf("hidden_act", List.of("silu"), "silu");
      return new Sizes(
          hidden,
          config.size("intermediate_size"),
          config.size("num_hidden_layers"),
          heads,
          keyHeads,
          headDim,
          config.size("vocab_size"),
          config.number("rms_norm_eps", 1e-6),
          bias(config, "attention_bias"),
          bias(config, "mlp_bias"),
          RopeConfig.rope(config, headDim));
    }

    /** What follows from sizes that are known to be there. */
    private static void checkHeads(
        ModelConfig config, int hidden, int heads, int keyHeads, int headDim) {
      if (heads % keyHeads != 0) {
        config.problem(
            "num_attention_heads " + heads + " is no multiple of num_key_value_heads " + keyHeads);
      }
      if (!config.has("head_dim") && hidden % heads != 0) {
        config.problem(
            "hidden_size "
                + hidden
                + " is no multiple of num_attention_heads "
                + heads
                + ", and there is no head_dim");
      } else if (headDim % 2 != 0) {
        config.problem("head_dim " + headDim + " is odd: rotary embedding turns channels in pairs");
      }
    }

    private static Bias bias(ModelConfig config, String flag) {
      return config.flag(flag, false) ? Bias.PRESENT : Bias.ABSENT;
    }
  }
}
