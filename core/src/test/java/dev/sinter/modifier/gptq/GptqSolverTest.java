/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.Part;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GptqSolverTest {
  private static final double DAMPENING = 0.01;

  private static QuantizationArgs args(String preset, ActivationOrder order) {
    return Presets.named(preset).weights().withActorder(order);
  }

  private static Solution solve(
      Solver solver, Tensor x_BTC, Tensor weight_RC, QuantizationArgs args) {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(x_BTC.size(2))) {
      gram.observe(x_BTC);
      Solution solution =
          solver
              .prepare(Map.of(StatisticType.GRAM, gram))
              .solve(new ModuleWeight("m", weight_RC, args));
      QuantizedWeight weight = solution.weight();
      scope.keep(weight.codes_RC());
      scope.keep(weight.parameters().scale_RG());
      weight.parameters().zeroPoint_RG().ifPresent(scope::keep);
      weight.groupOfColumn_C().ifPresent(scope::keep);
      return solution;
    }
  }

  private static Tensor decoded(Solution solution, QuantizationArgs args) {
    return new Quantizer(args).decode(solution.weight());
  }

  private static double lossOfRounding(Tensor x_BTC, Tensor weight_RC, QuantizationArgs args) {
    Quantizer quantizer = new Quantizer(args);
    QuantizationParameters parameters = quantizer.observe(weight_RC);
    QuantizedWeight rounded =
        new QuantizedWeight(quantizer.encode(weight_RC, parameters), parameters, Optional.empty());
    return RandomTensors.lossOn(x_BTC, weight_RC, quantizer.decode(rounded));
  }

  @ParameterizedTest
  @CsvSource({
    "W4A16, UNSET", "W4A16, STATIC", "W4A16, GROUP", "W4A16_ASYM, STATIC", "W4A16_ASYM, GROUP",
    "W2A16, STATIC", "W3A16, UNSET", "W8A16, STATIC", "W8A8, UNSET", "W8A8, STATIC",
    "FP8_DYNAMIC, STATIC"
  })
  void lossIsBelowThatOfRounding(String preset, ActivationOrder order) {
    QuantizationArgs args = args(preset, order);
    for (long seed = 0; seed < 4; seed++) {
      try (Scope scope = Scope.open()) {
        Tensor x_BTC = RandomTensors.correlated(seed, 8, 64, 256);
        Tensor weight_RC = RandomTensors.normal(seed + 50, 24, 256);

        Solution solution = solve(new GptqSolver(128, DAMPENING, order), x_BTC, weight_RC, args);

        assertThat(RandomTensors.lossOn(x_BTC, weight_RC, decoded(solution, args)))
            .isLessThanOrEqualTo(lossOfRounding(x_BTC, weight_RC, args));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ActivationOrder.class)
  void blockSizeDoesNotDecideCodes(ActivationOrder order) {
    QuantizationArgs args = args("W4A16", order);
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 8, 64, 256);
      Tensor weight_RC = RandomTensors.normal(2, 64, 256);

      float[] wide = codes(solve(new GptqSolver(128, DAMPENING, order), x_BTC, weight_RC, args));
      for (int blockSize : new int[] {1, 32, 100, 1000}) {
        float[] narrow =
            codes(solve(new GptqSolver(blockSize, DAMPENING, order), x_BTC, weight_RC, args));
        int equal = 0;
        for (int i = 0; i < wide.length; i++) {
          equal += wide[i] == narrow[i] ? 1 : 0;
        }
        assertThat((double) equal / wide.length).as("%d", blockSize).isGreaterThanOrEqualTo(.999);
      }
    }
  }

  private static float[] codes(Solution solution) {
    return Tensors.floats(solution.weight().codes_RC());
  }

  @Test
  void uncorrelatedColumnsAreRounded() {
    QuantizationArgs args = args("W8A8", ActivationOrder.UNSET);
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = Tensors.zeros(DType.F32, dev.sinter.tensor.Shape.of(1, 16, 16));
      x_BTC.select(0, 0).diagonal().fill_(new Scalar(3));
      Tensor weight_RC = RandomTensors.normal(3, 5, 16);

      Solution solution =
          solve(new GptqSolver(4, DAMPENING, ActivationOrder.UNSET), x_BTC, weight_RC, args);

      Quantizer quantizer = new Quantizer(args);
      Tensor rounded_RC = quantizer.encode(weight_RC, quantizer.observe(weight_RC));
      assertThat(codes(solution)).isEqualTo(Tensors.floats(rounded_RC));
    }
  }

  @ParameterizedTest
  @EnumSource(ActivationOrder.class)
  void scalesAreThoseOfTheWeightAsItWas(ActivationOrder order) {
    QuantizationArgs args = args("W4A16", order);
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(4, 8, 64, 256);
      x_BTC.select(2, 17).zero_();
      Tensor weight_RC = RandomTensors.normal(5, 6, 256);
      weight_RC.select(1, 17).fill_(new Scalar(100));

      QuantizedWeight weight =
          solve(new GptqSolver(128, DAMPENING, order), x_BTC, weight_RC, args).weight();

      float[] scale = Tensors.floats(weight.parameters().scale_RG());
      float[] w = Tensors.floats(weight_RC);
      float[] groups = weight.groupOfColumn_C().map(Tensors::floats).orElseGet(() -> new float[0]);
      assertThat(groups.length).isEqualTo(order == ActivationOrder.GROUP ? 256 : 0);
      float[] largest = new float[6 * 2];
      for (int row = 0; row < 6; row++) {
        for (int column = 0; column < 256; column++) {
          int group = groups.length == 0 ? column / 128 : (int) groups[column];
          largest[row * 2 + group] =
              Math.max(largest[row * 2 + group], Math.abs(w[row * 256 + column]));
        }
      }
      for (int i = 0; i < largest.length; i++) {
        assertThat(scale[i]).isEqualTo(largest[i] / 7.5f);
      }
    }
  }

  @Test
  void groupsFollowTheOrderOfActivation() {
    QuantizationArgs args = args("W4A16", ActivationOrder.GROUP);
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.normal(6, 8, 64, 256);
      // Every odd column is far larger than every even one.
      for (int column = 1; column < 256; column += 2) {
        x_BTC.select(2, column).mul_(new Scalar(100));
      }

      QuantizedWeight weight =
          solve(
                  new GptqSolver(128, DAMPENING, ActivationOrder.GROUP),
                  x_BTC,
                  RandomTensors.normal(7, 6, 256),
                  args)
              .weight();

      float[] groups = Tensors.floats(weight.groupOfColumn_C().orElseThrow());
      for (int column = 0; column < 256; column++) {
        assertThat(groups[column]).isEqualTo(1 - column % 2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "W4A16, UNSET",
    "W4A16, STATIC",
    "W4A16, GROUP",
    "W4A16_ASYM, STATIC",
    "FP8_DYNAMIC, STATIC"
  })
  void deadColumnsBecomeZeroAndAreCounted(String preset, ActivationOrder order) {
    QuantizationArgs args = args(preset, order);
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(8, 8, 64, 256);
      int[] dead = {0, 100, 255};
      for (int column : dead) {
        x_BTC.select(2, column).zero_();
      }

      Solution solution =
          solve(
              new GptqSolver(128, DAMPENING, order), x_BTC, RandomTensors.normal(9, 6, 256), args);

      assertThat(solution.figures()).containsEntry("dead_columns", 3.0);
      Tensor decoded_RC = decoded(solution, args);
      for (int column : dead) {
        assertThat(Tensors.floats(decoded_RC.select(1, column))).containsOnly(0);
      }
    }
  }

  @Test
  void inputThatWasNeverSeenIsAllDead() {
    QuantizationArgs args = args("W8A8", ActivationOrder.STATIC);
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(16)) {
      Solution solution =
          new GptqSolver(128, DAMPENING, ActivationOrder.STATIC)
              .prepare(Map.of(StatisticType.GRAM, gram))
              .solve(new ModuleWeight("m", RandomTensors.normal(1, 3, 16), args));

      assertThat(solution.figures()).containsEntry("dead_columns", 16.0).containsEntry("loss", 0.0);
    }
  }

  @Test
  void singularHessianIsDampedMoreAndTheFigureSaysSo() {
    QuantizationArgs args = args("W8A8", ActivationOrder.STATIC);
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.normal(10, 1, 8, 64);
      Tensor weight_RC = RandomTensors.normal(11, 6, 64);

      Solution solution =
          solve(new GptqSolver(128, 0, ActivationOrder.STATIC), x_BTC, weight_RC, args);

      assertThat(solution.figures().get("dampening")).isGreaterThan(0).isLessThanOrEqualTo(1);
      assertThat(RandomTensors.lossOn(x_BTC, weight_RC, decoded(solution, args)))
          .isLessThanOrEqualTo(lossOfRounding(x_BTC, weight_RC, args));
    }
  }

  @Test
  void dampeningThatSufficesIsKept() {
    QuantizationArgs args = args("W8A8", ActivationOrder.STATIC);
    try (Scope scope = Scope.open()) {
      Solution solution =
          solve(
              new GptqSolver(128, .02, ActivationOrder.STATIC),
              RandomTensors.normal(12, 2, 64, 32),
              RandomTensors.normal(13, 4, 32),
              args);

      assertThat(solution.figures()).containsEntry("dampening", .02);
    }
  }

  @Test
  void lossIsTheSumOverColumnsThatThePaperMinimizes() {
    QuantizationArgs args = args("W8A8", ActivationOrder.UNSET);
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.normal(14, 2, 200, 16);
      Tensor weight_RC = RandomTensors.normal(15, 4, 16);

      // Without dampening the figure is tr((W - V) H (W - V)ᵀ) / 2 with H = 2 XᵀX / sequences.
      Solution solution =
          solve(new GptqSolver(128, 0, ActivationOrder.UNSET), x_BTC, weight_RC, args);

      double exact = RandomTensors.lossOn(x_BTC, weight_RC, decoded(solution, args)) / 2;
      assertThat(solution.figures().get("loss")).isCloseTo(exact, within(exact * 1e-3));
    }
  }

  @ParameterizedTest
  @CsvSource({"NaN, NaN", "Infinity, Infinity", "1e30, Infinity"})
  void inputsThatAreNoFiniteNumbersAreRefused(float value, String mean) {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(2)) {
      gram.observe(Tensors.of(new float[] {1, value}, 1, 1, 2));

      assertThatThrownBy(() -> prepare(gram))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage(
              "The calibration data produced activations here that are NaN or infinite, or whose"
                  + " squares overflow: the mean of the Hessian's diagonal is "
                  + mean);
    }
  }

  @Test
  void matrixThatIsNoGramMatrixIsRefused() {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(2)) {
      gram.absorb(new Part(0, 0, 2, new float[] {-1, 0, 0, -3}));

      assertThatThrownBy(() -> prepare(gram))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage(
              "The Hessian has no Cholesky factor even when damped by 1.0 of its mean diagonal"
                  + " (-2.0)");
    }
  }

  private static Solver.Prepared prepare(GramMatrix gram) {
    return new GptqSolver(128, DAMPENING, ActivationOrder.STATIC)
        .prepare(Map.of(StatisticType.GRAM, gram));
  }
}
