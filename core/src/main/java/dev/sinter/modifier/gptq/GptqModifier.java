/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import dev.sinter.modifier.quantization.SchemeSettings;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationScheme;

/** Quantizes weights by GPTQ. */
record GptqModifier(SchemeSettings shared, int blockSize, double dampening, ActivationOrder order)
    implements Modifier {
  static final String NAME = "GPTQModifier";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Targets targets() {
    return shared.targets();
  }

  @Override
  public QuantizationScheme scheme() {
    return shared.scheme().withActorder(order);
  }

  @Override
  public Solver solver() {
    return new GptqSolver(blockSize, dampening, order);
  }

  @Override
  public Json.Obj settings() {
    return shared
        .json()
        .with("block_size", Json.of(blockSize))
        .with("dampening_frac", Json.of(dampening))
        .with("actorder", order.json());
  }
}
