/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Elementwise.Scale;
import dev.sinter.graph.Elementwise.SoftCap;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.Optional;

/**
 * What Gemma 2 and 3 share: scaled embeddings, norms before and behind each block, and capped
 * logits.
 */
record GemmaBody(LayerPart attention, GatedMlp mlp, Norm norm, Optional<Double> logitCap)
    implements Decoder.Body {
  @Override
  public Value embed(Tracer tracer, Decoder decoder, Value ids) {
    return scaled(tracer, decoder, Decoder.Body.super.embed(tracer, decoder, ids));
  }

  /** Embeddings times the root of their width. */
  static Value scaled(Tracer tracer, Decoder decoder, Value x) {
    return tracer.apply(new Scale(Math.sqrt(decoder.hidden()), Scale.Rounding.TO_TYPE), x);
  }

  @Override
  public Value layer(Tracer tracer, int index, Value x) {
    Value attended = attention.trace(tracer, index, norm.trace(tracer, "input_layernorm", x));
    Value middle = Blocks.add(tracer, x, norm.trace(tracer, "post_attention_layernorm", attended));
    Value expanded =
        mlp.trace(tracer, index, norm.trace(tracer, "pre_feedforward_layernorm", middle));
    return Blocks.add(tracer, middle, norm.trace(tracer, "post_feedforward_layernorm", expanded));
  }

  @Override
  public Value norm(Tracer tracer, Value x) {
    return norm.trace(tracer, "norm", x);
  }

  @Override
  public Value logits(Tracer tracer, Value y) {
    return logitCap.map(cap -> tracer.apply(new SoftCap(cap), y)).orElse(y);
  }
}
