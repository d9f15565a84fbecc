/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** What Llama is and many families after it: attention and an MLP, each behind a norm. */
record PreNormBody(LayerPart attention, LayerPart mlp, Norm norm) implements Decoder.Body {
  @Override
  public Value layer(Tracer tracer, int index, Value x) {
    return Blocks.preNormLayer(
        tracer, norm, x, y -> attention.trace(tracer, index, y), y -> mlp.trace(tracer, index, y));
  }

  @Override
  public Value norm(Tracer tracer, Value x) {
    return norm.trace(tracer, "norm", x);
  }
}
