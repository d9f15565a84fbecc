/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LayerNorm.Affine;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;

/**
 * Phi 1 and 2 (arXiv 2306.11644, 2309.05463): attention and MLP side by side behind one norm,
 * biases everywhere, and a part of each head that turns.
 */
final class PhiArchitecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("phi");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("Phi"), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    config.mustBeFalse("qk_layernorm");
    Phi body =
        new Phi(
            heads,
            RopeConfig.rope(config, heads.channels(), 10_000, 0.5),
            new PlainMlp(
                "PhiMLP",
                "fc1",
                "fc2",
                config.size("intermediate_size"),
                ActivationConfig.of(config, "hidden_act", "gelu_new"),
                Bias.PRESENT),
            Norm.layer(config.number("layer_norm_eps", 1e-5), Affine.WEIGHT_AND_BIAS));
    config.requireValid();
    return decoder.trace(body);
  }

  private record Phi(Heads heads, Rope rope, LayerPart mlp, Norm norm) implements Decoder.Body {
    @Override
    public Value layer(Tracer tracer, int index, Value x) {
      Value normed = norm.trace(tracer, "input_layernorm", x);
      Value attended = attention(tracer, normed);
      Value added = Blocks.add(tracer, attended, mlp.trace(tracer, index, normed));
      return Blocks.add(tracer, added, x);
    }

    private Value attention(Tracer tracer, Value x) {
      try (var module = tracer.module("self_attn", "PhiAttention")) {
        Value mixed =
            Qkv.projected(tracer, x, heads, Bias.PRESENT)
                .turned(tracer, rope)
                .attended(tracer, Attention.causal(module.name(), heads));
        return tracer.linear("dense", mixed, x.channels(), Bias.PRESENT);
      }
    }

    @Override
    public Value norm(Tracer tracer, Value x) {
      return norm.trace(tracer, "final_layernorm", x);
    }

    @Override
    public Bias headBias() {
      return Bias.PRESENT;
    }
  }
}
