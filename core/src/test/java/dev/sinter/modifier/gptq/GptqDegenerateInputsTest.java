/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import static dev.sinter.modifier.gptq.GptqRuns.DAMPENING;
import static dev.sinter.modifier.gptq.GptqRuns.args;
import static dev.sinter.modifier.gptq.GptqRuns.decoded;
import static dev.sinter.modifier.gptq.GptqRuns.lossOfRounding;
import static dev.sinter.modifier.gptq.GptqRuns.solve;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
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
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns without data, Hessians that do not factor, and inputs that are no numbers. */
class GptqDegenerateInputsTest {
  @ParameterizedTest
  @CsvSource({
    "W4A16, UNSET",
    "W4A16, STATIC",
    "W4A16, GROUP",
    "W4A16_ASYM, STATIC",
    "FP8_DYNAMIC, STATIC",
    "FP8_BLOCK, STATIC",
    "NVFP4A16, STATIC",
    "MXFP4A16, UNSET"
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

  @ParameterizedTest
  @CsvSource({
    "W8A8, STATIC",
    "W4A16_ASYM, UNSET",
    "W4A16, GROUP",
    "FP8, STATIC",
    "FP8_BLOCK, UNSET",
    "NVFP4A16, STATIC",
    "MXFP8A16, UNSET"
  })
  void inputThatWasNeverSeenIsRoundedToNearest(String preset, ActivationOrder order) {
    QuantizationArgs args = args(preset, order);
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(256)) {
      Tensor weight_RC = RandomTensors.normal(1, 3, 256);
      gram.observe(Tensors.zeros(DType.F32, Shape.of(0, 256)), 4);

      Solution solution =
          new GptqSolver(128, DAMPENING, order)
              .prepare(Map.of(StatisticType.GRAM, gram))
              .solve(new ModuleWeight("m", weight_RC, args, GptqRuns.survey(weight_RC, args)));

      assertThat(solution.figures())
          .containsEntry("dead_columns", 256.0)
          .containsEntry("loss", 0.0);
      Quantizer quantizer = new Quantizer(args);
      QuantizationParameters parameters = quantizer.observe(weight_RC);
      QuantizedWeight rounded =
          new QuantizedWeight(
              quantizer.encode(weight_RC, parameters), parameters, Optional.empty());
      assertThat(decoded(solution, args).equal(quantizer.decode(rounded))).isTrue();
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

  @ParameterizedTest
  @CsvSource({"NaN, NaN", "Infinity, Infinity", "1e30, Infinity"})
  void inputsThatAreNoFiniteNumbersAreRefused(float value, String mean) {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(2)) {
      gram.observe(Tensors.of(new float[] {1, value}, 1, 2), 1);

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
