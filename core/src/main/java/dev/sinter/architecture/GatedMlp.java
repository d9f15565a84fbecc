/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** The gated MLP that most families have for a layer. */
record GatedMlp(String className, int intermediate, Activation activation, Bias bias)
    implements LayerPart {

  /** The sizes of config.json under their usual names. */
  static GatedMlp of(ModelConfig config, String className, Bias bias) {
    return new GatedMlp(
        className,
        config.size("intermediate_size"),
        ActivationConfig.of(config, "hidden_act", "silu"),
        bias);
  }

  @Override
  public Value trace(Tracer tracer, int layer, Value x) {
    try (var module = tracer.module("mlp", className)) {
      return Blocks.gatedMlp(tracer, x, intermediate, activation, bias);
    }
  }
}
