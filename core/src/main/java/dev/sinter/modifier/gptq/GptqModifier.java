/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import java.util.List;
import java.util.Optional;

/** Quantizes weights by GPTQ. */
public record GptqModifier(
    Targets targets, Json.Obj settings, GptqSolver gptq, List<String> missing) implements Modifier {
  static final String NAME = "GPTQModifier";

  public GptqModifier {
    missing = List.copyOf(missing);
  }

  /** GPTQ that visits columns in their order. */
  public static GptqModifier inOrder(
      Targets targets, Json.Obj settings, int blockSize, double dampening, List<String> missing) {
    return new GptqModifier(
        targets, settings, new GptqSolver(blockSize, dampening, ActivationOrder.UNSET), missing);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public Optional<Solver> solver() {
    return Optional.of(gptq);
  }
}
