/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
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
    Llama body = Llama.of(config, decoder.hidden());
    config.requireValid();
    return decoder.trace(body);
  }

  private record Llama(
      int hidden,
      int intermediate,
      Heads heads,
      Rope rope,
      Norm norm,
      Activation activation,
      Bias attentionBias,
      Bias mlpBias)
      implements Decoder.Body {

    static Llama of(ModelConfig config, int hidden) {
      Heads heads = HeadConfig.grouped(config);
      return new Llama(
          hidden,
          config.size("intermediate_size"),
          heads,
          RopeConfig.rope(config, heads.channels(), 10_000),
          Norm.rms("LlamaRMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED),
          ActivationConfig.of(config, "hidden_act", "silu"),
          config.bias("attention_bias"),
          config.bias("mlp_bias"));
    }

    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      return Blocks.preNormLayer(tracer, norm, x, y -> attention(tracer, y), y -> mlp(tracer, y));
    }

    private Value attention(Tracer tracer, Value x) {
      try (var module = tracer.module("self_attn", "LlamaAttention")) {
        Value mixed =
            Qkv.projected(tracer, x, heads, attentionBias)
                .turned(tracer, rope)
                .attended(tracer, Attention.causal(module.name(), heads));
        return tracer.linear("o_proj", mixed, hidden, attentionBias);
      }
    }

    private Value mlp(Tracer tracer, Value x) {
      try (var module = tracer.module("mlp", "LlamaMLP")) {
        return Blocks.gatedMlp(tracer, x, intermediate, activation, mlpBias);
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "norm", x);
    }
  }
}
