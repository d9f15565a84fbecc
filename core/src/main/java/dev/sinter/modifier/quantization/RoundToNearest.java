/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.Importance;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.statistic.MeanByChannel;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Each weight to its nearest code, with scales from the ranges that its observer finds. */
record RoundToNearest() implements Solver {
  @Override
  public Set<StatisticType> statistics(QuantizationArgs args) {
    return args.observer().needsCalibration() ? Set.of(StatisticType.SQUARE) : Set.of();
  }

  @Override
  public boolean changesWhatFollows() {
    return false;
  }

  @Override
  public Coupling coupling(QuantizationArgs args) {
    return args.observer().needsCalibration() ? Coupling.WHOLE : new Quantizer(args).coupling();
  }

  @Override
  public Prepared prepare(Map<StatisticType, Statistic> input) {
    return weight -> solve(weight, importance(input));
  }

  private static Importance importance(Map<StatisticType, Statistic> input) {
    return input.get(StatisticType.SQUARE) instanceof MeanByChannel squares
        ? Importance.of(squares.mean_C())
        : Importance.EQUAL;
  }

  private static Solution solve(ModuleWeight weight, Importance importance) {
    Quantizer quantizer = new Quantizer(weight.args(), importance);
    // A survey that was made beforehand knows nothing of what columns matter.
    QuantizationParameters parameters =
        weight.args().observer().needsCalibration()
            ? quantizer.observeWhole(weight.weight_RC(), weight.survey())
            : quantizer.observe(weight.weight_RC(), weight.survey());
    var codes_RC = quantizer.encode(weight.weight_RC(), parameters);
    return new Solution(new QuantizedWeight(codes_RC, parameters, Optional.empty()), Map.of());
  }
}
