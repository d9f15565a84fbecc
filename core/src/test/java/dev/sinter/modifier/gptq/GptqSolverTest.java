/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import static dev.sinter.modifier.gptq.GptqRuns.DAMPENING;
import static dev.sinter.modifier.gptq.GptqRuns.args;
import static dev.sinter.modifier.gptq.GptqRuns.decoded;
import static dev.sinter.modifier.gptq.GptqRuns.lossOfRounding;
import static dev.sinter.modifier.gptq.GptqRuns.solve;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.Solution;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GptqSolverTest {
  @ParameterizedTest
  @CsvSource({
    "W4A16, UNSET", "W4A16, STATIC", "W4A16, GROUP", "W4A16_ASYM, STATIC", "W4A16_ASYM, GROUP",
    "W2A16, STATIC", "W3A16, UNSET", "W8A16, STATIC", "W8A8, UNSET", "W8A8, STATIC",
    "FP8_DYNAMIC, STATIC", "FP8, STATIC", "FP8, UNSET", "FP8_BLOCK, STATIC", "FP8_BLOCK, UNSET",
    "NVFP4A16, STATIC", "NVFP4A16, UNSET", "NVFP4A16, GROUP", "MXFP4A16, STATIC", "MXFP4A16, UNSET",
    "MXFP8A16, STATIC"
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
}
