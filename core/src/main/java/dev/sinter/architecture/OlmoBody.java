/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** What OLMo 2 and 3 share: norms behind each block, none before. */
record OlmoBody(LayerPart attention, GatedMlp mlp, Norm norm) implements Decoder.Body {
  @Override
  public Value layer(Tracer tracer, int index, Value x) {
    Value attended = attention.trace(tracer, index, x);
    Value middle = Blocks.add(tracer, x, norm.trace(tracer, "post_attention_layernorm", attended));
    Value expanded = mlp.trace(tracer, index, middle);
    return Blocks.add(tracer, middle, norm.trace(tracer, "post_feedforward_layernorm", expanded));
  }

  @Override
  public Value norm(Tracer tracer, Value x) {
    return norm.trace(tracer, "norm", x);
  }
}
