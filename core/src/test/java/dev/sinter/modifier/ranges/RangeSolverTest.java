/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.ranges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.RangeCandidates;
import dev.sinter.quantization.RangeCandidates.Fp8Scales;
import dev.sinter.quantization.RangeCandidates.Fp8Scales.Reach;
import dev.sinter.quantization.RangeCandidates.Multiples;
import dev.sinter.quantization.Strategy;
import dev.sinter.quantization.Survey;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.statistic.StatisticType.GramBlocks;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class RangeSolverTest {
  private static final int GROUP = 16;
  private static final int COLUMNS = 64;
  private static final QuantizationArgs INT4 =
      QuantizationArgs.weights(4, Type.INT, true, new Strategy.Group(GROUP));
  private static final Multiples CUTS = new Multiples(List.of(0.5, 0.6, 0.7, 0.8, 0.9, 1.0));

  private static Solution solve(
      RangeCandidates candidates, Weighing weighing, Tensor x_NC, Tensor weight_RC) {
    return solve(INT4, candidates, weighing, x_NC, weight_RC);
  }

  private static Solution solve(
      QuantizationArgs args,
      RangeCandidates candidates,
      Weighing weighing,
      Tensor x_NC,
      Tensor weight_RC) {
    RangeSolver solver = new RangeSolver(candidates, weighing);
    Optional<StatisticType> type = solver.statistics(args).stream().findFirst();
    if (type.isEmpty()) {
      return solver.prepare(Map.of()).solve(weight(args, weight_RC));
    }
    try (Statistic seen = type.get().empty(COLUMNS)) {
      seen.observe(x_NC, 1);
      return solver.prepare(Map.of(type.get(), seen)).solve(weight(args, weight_RC));
    }
  }

  private static ModuleWeight weight(QuantizationArgs args, Tensor weight_RC) {
    Quantizer quantizer = new Quantizer(args);
    Survey survey =
        quantizer.coupling() == Quantizer.Coupling.NONE
            ? Survey.EMPTY
            : quantizer.survey(weight_RC);
    return new ModuleWeight("proj", weight_RC, args, survey);
  }

  /** What the outputs of a group lose on the tokens, its range being so many times the extremes. */
  private static double loss(float[] x, float[] w, int row, int group, double multiple) {
    double largest = 0;
    int start = row * COLUMNS + group * GROUP;
    for (int i = start; i < start + GROUP; i++) {
      largest = Math.max(largest, Math.abs(w[i]));
    }
    float scale = (float) ((float) (largest * multiple) / 7.5);
    double loss = 0;
    for (int token = 0; token < x.length / COLUMNS; token++) {
      double output = 0;
      for (int i = 0; i < GROUP; i++) {
        double code = Math.max(-8, Math.min(7, Math.rint(w[start + i] / scale)));
        output += x[token * COLUMNS + group * GROUP + i] * (code * scale - w[start + i]);
      }
      loss += output * output;
    }
    return loss;
  }

  @Test
  void cutsAreChosenByTheOutputsOfEachGroup() {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = RandomTensors.correlated(1, 1, 80, COLUMNS).view(80, COLUMNS);
      Tensor weight_RC = RandomTensors.normal(2, 6, COLUMNS);

      Solution solution = solve(CUTS, new Weighing.Groups(), x_NC, weight_RC);

      float[] scales = Tensors.floats(solution.weight().parameters().scale_RG());
      float[] x = Tensors.floats(x_NC);
      float[] w = Tensors.floats(weight_RC);
      for (int i = 0; i < scales.length; i++) {
        double least = Double.POSITIVE_INFINITY;
        double best = 0;
        for (double multiple : CUTS.of()) {
          double loss = loss(x, w, i / 4, i % 4, multiple);
          if (loss < least) {
            least = loss;
            best = multiple;
          }
        }
        double found = scales[i] / scales(weight_RC)[i];
        assertThat(found).as("group " + i).isCloseTo(best, within(1e-5));
      }
    }
  }

  private static float[] scales(Tensor weight_RC) {
    return Tensors.floats(new Quantizer(INT4).observe(weight_RC).scale_RG());
  }

  @Test
  void localHessianLosesLessInOutputsThanErrorsOfWeightsAlone() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = Presets.named("NVFP4A16").weights();
      Tensor x_BTC = RandomTensors.correlated(1, 2, 80, COLUMNS);
      Tensor x_NC = x_BTC.view(-1, COLUMNS);
      Tensor weight_RC = RandomTensors.normal(2, 32, COLUMNS);
      Fp8Scales all = new Fp8Scales(Reach.ALL);

      double hessian =
          lost(args, solve(args, all, new Weighing.Blocks(16), x_NC, weight_RC), x_BTC, weight_RC);
      double squares =
          lost(args, solve(args, all, new Weighing.Weights(), x_NC, weight_RC), x_BTC, weight_RC);

      assertThat(hessian).isLessThan(0.9 * squares);
    }
  }

  private static double lost(
      QuantizationArgs args, Solution solution, Tensor x_BTC, Tensor weight_RC) {
    return RandomTensors.lossOn(x_BTC, weight_RC, new Quantizer(args).decode(solution.weight()));
  }

  @Test
  void inputThatWasNeverSeenCutsNothing() {
    try (Scope scope = Scope.open()) {
      Tensor nothing_NC = RandomTensors.normal(1, 0, COLUMNS);
      Tensor weight_RC = RandomTensors.normal(2, 6, COLUMNS);

      Solution cut = solve(CUTS, new Weighing.Groups(), nothing_NC, weight_RC);
      Solution searched = solve(CUTS, new Weighing.Blocks(16), nothing_NC, weight_RC);
      Solution byWeights = solve(CUTS, new Weighing.Weights(), nothing_NC, weight_RC);

      assertThat(Tensors.floats(cut.weight().parameters().scale_RG())).isEqualTo(scales(weight_RC));
      assertThat(cut.figures()).containsEntry("unseen_input", 1.0);
      assertThat(Tensors.floats(searched.weight().parameters().scale_RG()))
          .isEqualTo(Tensors.floats(byWeights.weight().parameters().scale_RG()));
      assertThat(byWeights.figures()).isEmpty();
    }
  }

  @Test
  void asksForWhatItLooksAt() {
    assertThat(new RangeSolver(CUTS, new Weighing.Weights()).statistics(INT4)).isEmpty();
    assertThat(new RangeSolver(CUTS, new Weighing.Blocks(32)).statistics(INT4))
        .isEqualTo(Set.of(new GramBlocks(32)));
    assertThat(new RangeSolver(CUTS, new Weighing.Groups()).statistics(INT4))
        .isEqualTo(Set.of(new GramBlocks(16)));
    assertThat(new RangeSolver(CUTS, new Weighing.Groups()).changesWhatFollows()).isFalse();
  }
}
