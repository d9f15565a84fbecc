/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** An MLP without a gate: up, activation, down. */
record PlainMlp(
    String className, String up, String down, int intermediate, Activation activation, Bias bias)
    implements LayerPart {

  @Override
  public Value trace(Tracer tracer, int layer, Value x) {
    try (var module = tracer.module("mlp", className)) {
      Value expanded = tracer.apply(activation, tracer.linear(up, x, intermediate, bias));
      return tracer.linear(down, expanded, x.channels(), bias);
    }
  }
}
