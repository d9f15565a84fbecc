/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Elementwise;
import dev.sinter.graph.Op;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.function.UnaryOperator;

/** Pieces that families share. */
final class Blocks {
  private Blocks() {}

  static Value add(Tracer tracer, Value a, Value b) {
    return tracer.apply(new Elementwise.Add(), a, b);
  }

  /** A layer of attention and an MLP, each behind a norm and beside the hidden states. */
  static Value preNormLayer(
      Tracer tracer, Norm norm, Value x, UnaryOperator<Value> attention, UnaryOperator<Value> mlp) {
    Value attended = attention.apply(norm.trace(tracer, "input_layernorm", x));
    Value middle = add(tracer, x, attended);
    Value expanded = mlp.apply(norm.trace(tracer, "post_attention_layernorm", middle));
    return add(tracer, middle, expanded);
  }

  /** down(act(gate(x)) * up(x)). */
  static Value gatedMlp(Tracer tracer, Value x, int intermediate, Op activation, Bias bias) {
    return gatedMlp(tracer, GatedNames.USUAL, x, intermediate, activation, bias);
  }

  /** What the matrices of a gated MLP are called. */
  record GatedNames(String gate, String up, String down) {
    static final GatedNames USUAL = new GatedNames("gate_proj", "up_proj", "down_proj");
  }

  static Value gatedMlp(
      Tracer tracer, GatedNames names, Value x, int intermediate, Op activation, Bias bias) {
    Value gate = tracer.linear(names.gate, x, intermediate, bias);
    Value up = tracer.linear(names.up, x, intermediate, bias);
    Value gated = tracer.apply(new Elementwise.Multiply(), tracer.apply(activation, gate), up);
    return tracer.linear(names.down, gated, x.channels(), bias);
  }
}
