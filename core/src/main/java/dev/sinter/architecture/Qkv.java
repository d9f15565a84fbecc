/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Channels;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** Queries, keys and values on their way to attention. */
record Qkv(Value q, Value k, Value v) {

  /** By a matrix for each. */
  static Qkv projected(Tracer tracer, Value x, Heads heads, Bias bias) {
    return new Qkv(
        tracer.linear("q_proj", x, heads.queryChannels(), bias),
        tracer.linear("k_proj", x, heads.keyChannels(), bias),
        tracer.linear("v_proj", x, heads.valueWidth(), bias));
  }

  /** From the output of one matrix, one behind the other. */
  static Qkv split(Tracer tracer, Value fused, Heads heads) {
    long q = heads.queryChannels();
    long k = heads.keyChannels();
    return new Qkv(
        tracer.apply(new Channels.Slice(0, q), fused),
        tracer.apply(new Channels.Slice(q, k), fused),
        tracer.apply(new Channels.Slice(q + k, heads.valueWidth()), fused));
  }

  /** With queries and keys normed. */
  Qkv normed(Tracer tracer, Norm norm) {
    return new Qkv(norm.trace(tracer, "q_norm", q), norm.trace(tracer, "k_norm", k), v);
  }

  /** With queries and keys turned by their positions. */
  Qkv turned(Tracer tracer, Rope rope) {
    return new Qkv(tracer.apply(rope, q), tracer.apply(rope, k), v);
  }

  Value attended(Tracer tracer, Attention attention) {
    return tracer.apply(attention, q, k, v);
  }
}
