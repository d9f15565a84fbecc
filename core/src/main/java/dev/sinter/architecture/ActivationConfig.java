/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Activation functions under the names that config.json has for them. */
final class ActivationConfig {
  private static final Map<String, Activation> BY_NAME =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("gelu", Activation.GELU),
              Map.entry("gelu_fast", Activation.GELU_TANH),
              Map.entry("gelu_new", Activation.GELU_TANH),
              Map.entry("gelu_pytorch_tanh", Activation.GELU_TANH),
              Map.entry("quick_gelu", Activation.GELU_SIGMOID),
              Map.entry("relu", Activation.RELU),
              Map.entry("relu2", Activation.RELU_SQUARED),
              Map.entry("silu", Activation.SILU),
              Map.entry("swish", Activation.SILU)));

  private ActivationConfig() {}

  static Activation of(ModelConfig config, String key, String usual) {
    return BY_NAME.get(config.oneOf(key, List.copyOf(BY_NAME.keySet()), usual));
  }
}
