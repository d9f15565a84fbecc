/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/**
 * Attention as most families have it: a matrix each for queries, keys, values and the output, and
 * queries and keys turned by their positions.
 *
 * @param attention what it computes, of no module yet and without a window
 * @param norm of queries and of keys
 * @param bias of queries, keys and values
 */
record RotaryAttention(
    String className,
    Attention attention,
    LayerTypes types,
    Turning turning,
    Norm norm,
    Bias bias,
    Bias outputBias)
    implements LayerPart {

  @Override
  public Value trace(Tracer tracer, int layer, Value x) {
    try (var module = tracer.module("self_attn", className)) {
      Qkv projected = Qkv.projected(tracer, x, attention.heads(), bias).normed(tracer, norm);
      Value mixed =
          turning
              .turn(tracer, layer, projected)
              .attended(tracer, types.limit(attention.in(module.name()), layer));
      return tracer.linear("o_proj", mixed, x.channels(), outputBias);
    }
  }
}
