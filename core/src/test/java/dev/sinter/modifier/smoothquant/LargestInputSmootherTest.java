/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.Smoother.Factors;
import dev.sinter.modifier.Smoother.Linear;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LargestInputSmootherTest {
  private static final QuantizationArgs INT8 = Presets.named("W8A8").weights();

  private static Factors factors(double alpha, Tensor x_NC, Tensor... weights) {
    try (Statistic seen = StatisticType.CHANNEL_EXTREMES.empty(3)) {
      seen.observe(x_NC, 1);
      List<Linear> linears =
          java.util.Arrays.stream(weights)
              .map(weight_RC -> new Linear("q", weight_RC, Optional.of(INT8)))
              .toList();
      return new LargestInputSmoother(alpha)
          .factors(linears, Map.of(StatisticType.CHANNEL_EXTREMES, seen));
    }
  }

  @Test
  void largestInputsGoOverLargestWeights() {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = Tensors.of(new float[] {-8, 1, 0, 2, 0.5f, 0}, 2, 3);
      Tensor one_RC = Tensors.of(new float[] {2, -9, 5, 1, 1, 1}, 2, 3);
      Tensor other_RC = Tensors.of(new float[] {0.5f, 4, 5}, 1, 3);

      float[] factor_C = Tensors.floats(factors(0.5, x_NC, one_RC, other_RC).factor_C());

      // 1/s is the mean of sqrt(w / a) of both: of 2/8 and 0.5/8, of 9/1 and 4/1; of zeros it is 1.
      assertThat(factor_C[0]).isCloseTo(1 / 0.375f, within(1e-5f));
      assertThat(factor_C[1]).isCloseTo(1 / 2.5f, within(1e-5f));
      assertThat(factor_C[2]).isEqualTo(1);
    }
  }

  @Test
  void factorsStayWithinBounds() {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = Tensors.of(new float[] {1e-7f, 1e9f, 1}, 1, 3);
      Tensor weight_RC = Tensors.of(new float[] {1, 1, 1}, 1, 3);

      float[] factor_C = Tensors.floats(factors(1, x_NC, weight_RC).factor_C());

      assertThat(factor_C[0]).isCloseTo(1e-4f, within(1e-9f));
      assertThat(factor_C[1]).isCloseTo(1e4f, within(1f));
    }
  }

  @Test
  void inputThatWasNeverSeenIsNotScaled() {
    try (Scope scope = Scope.open()) {
      Factors found =
          factors(1, Tensors.of(new float[0], 0, 3), Tensors.of(new float[] {1, 2, 3}, 1, 3));

      assertThat(Tensors.floats(found.factor_C())).containsOnly(1);
      assertThat(found.figures()).containsEntry("unseen", 1.0);
    }
  }

  @Test
  void goesWithWeightsOfEightBits() {
    LargestInputSmoother smoother = new LargestInputSmoother(1);

    assertThat(smoother.refusal(INT8)).isEmpty();
    assertThat(smoother.refusal(Presets.named("W4A16").weights()))
        .hasValueSatisfying(
            why -> assertThat(why).contains("num_bits 8").contains("SmoothQuantModifier"));
  }
}
