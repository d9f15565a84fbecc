/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Survey;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.Scope;
import dev.sinter.testing.RandomTensors;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Solves with statistics of given inputs, and says what plain rounding would lose. */
final class GptqRuns {
  static final double DAMPENING = 0.01;

  private GptqRuns() {}

  static QuantizationArgs args(String preset, ActivationOrder order) {
    return Presets.named(preset).weights().withActorder(order);
  }

  static Solution solve(Solver solver, Tensor x_BTC, Tensor weight_RC, QuantizationArgs args) {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(x_BTC.size(2))) {
      gram.observe(x_BTC.view(-1, x_BTC.size(2)), x_BTC.size(0));
      Solution solution =
          solver
              .prepare(Map.of(StatisticType.GRAM, gram))
              .solve(new ModuleWeight("m", weight_RC, args, survey(weight_RC, args)));
      QuantizedWeight weight = solution.weight();
      scope.keep(weight.codes_RC());
      scope.keep(weight.parameters().scale_RG());
      weight.parameters().zeroPoint_RG().ifPresent(scope::keep);
      weight.parameters().globalScale().ifPresent(scope::keep);
      weight.groupOfColumn_C().ifPresent(scope::keep);
      return solution;
    }
  }

  static Survey survey(Tensor weight_RC, QuantizationArgs args) {
    Quantizer quantizer = new Quantizer(args);
    return quantizer.coupling() == Quantizer.Coupling.NONE
        ? Survey.EMPTY
        : quantizer.survey(weight_RC);
  }

  static Tensor decoded(Solution solution, QuantizationArgs args) {
    return new Quantizer(args).decode(solution.weight());
  }

  static double lossOfRounding(Tensor x_BTC, Tensor weight_RC, QuantizationArgs args) {
    Quantizer quantizer = new Quantizer(args);
    QuantizationParameters parameters = quantizer.observe(weight_RC);
    QuantizedWeight rounded =
        new QuantizedWeight(quantizer.encode(weight_RC, parameters), parameters, Optional.empty());
    return RandomTensors.lossOn(x_BTC, weight_RC, quantizer.decode(rounded));
  }
}
