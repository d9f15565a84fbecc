/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Each weight to its nearest code, with scales from the ranges that its observer finds. */
record RoundToNearest() implements Solver {
  @Override
  public Set<StatisticType> statistics() {
    return Set.of();
  }

  @Override
  public Coupling coupling(QuantizationArgs args) {
    return new Quantizer(args).coupling();
  }

  @Override
  public Prepared prepare(Map<StatisticType, Statistic> input) {
    return RoundToNearest::solve;
  }

  private static Solution solve(ModuleWeight weight) {
    Quantizer quantizer = new Quantizer(weight.args());
    QuantizationParameters parameters = quantizer.observe(weight.weight_RC(), weight.survey());
    var codes_RC = quantizer.encode(weight.weight_RC(), parameters);
    return new Solution(new QuantizedWeight(codes_RC, parameters, Optional.empty()), Map.of());
  }
}
