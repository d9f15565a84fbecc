/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.Smoother.Factors;
import dev.sinter.modifier.Smoother.Linear;
import dev.sinter.modifier.Smoother.Point;
import dev.sinter.modifier.smoothquant.SmoothQuantSmoother.Algorithm;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmoothQuantSmootherTest {
  private static final int COLUMNS = 12;

  private static Linear linear(Tensor weight_RC) {
    return new Linear("layer.q_proj", weight_RC, Optional.empty());
  }

  private static Factors factors(SmoothQuantSmoother smoother, Tensor x_NC, Tensor... weights) {
    try (Statistic extremes = StatisticType.CHANNEL_EXTREMES.empty(x_NC.size(1))) {
      extremes.observe(x_NC, 1);
      return smoother.factors(
          List.of(weights).stream().map(SmoothQuantSmootherTest::linear).toList(),
          Map.of(StatisticType.CHANNEL_EXTREMES, extremes));
    }
  }

  /** Twice the largest |w| of a column over all weights, in double. */
  private static double weight(int column, Tensor... weights) {
    double largest = 0;
    for (Tensor weight_RC : weights) {
      float[] values = Tensors.floats(weight_RC);
      for (int i = column; i < values.length; i += COLUMNS) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
    }
    return 2 * largest;
  }

  private static double range(int column, Tensor x_NC) {
    float[] values = Tensors.floats(x_NC);
    double low = values[column];
    double high = values[column];
    for (int i = column; i < values.length; i += COLUMNS) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    return high - low;
  }

  @ParameterizedTest
  @CsvSource({"0.5", "0.8", "0", "1"})
  void factorsWeighRangesAgainstWeights(double strength) {
    try (Scope scope = Scope.open()) {
      // A mean apart from zero: the range is not the magnitude.
      Tensor x_NC =
          RandomTensors.correlated(1, 1, 50, COLUMNS).view(50, COLUMNS).add_(new Scalar(3));
      Tensor q_RC = RandomTensors.normal(2, 8, COLUMNS);
      Tensor k_RC = RandomTensors.normal(3, 4, COLUMNS).mul_(new Scalar(2));

      Factors found =
          factors(new SmoothQuantSmoother(Algorithm.SMOOTHQUANT, strength), x_NC, q_RC, k_RC);

      float[] factor = Tensors.floats(found.factor_C());
      double smallest = Double.POSITIVE_INFINITY;
      for (int i = 0; i < COLUMNS; i++) {
        double expected =
            Math.pow(range(i, x_NC), strength) / Math.pow(weight(i, q_RC, k_RC), 1 - strength);
        assertThat((double) factor[i]).isCloseTo(expected, within(1e-5 * expected));
        smallest = Math.min(smallest, expected);
      }
      assertThat(found.figures().get("smallest_factor")).isCloseTo(smallest, within(1e-5));
      assertThat(found.figures()).containsKey("largest_factor");
    }
  }

  @Test
  void logarithmsOfRangesDoNotLookAtWeights() {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = RandomTensors.correlated(4, 1, 50, COLUMNS).view(50, COLUMNS);

      float[] factor =
          Tensors.floats(
              factors(
                      new SmoothQuantSmoother(Algorithm.LOG_EQUALIZATION, 0.5),
                      x_NC,
                      RandomTensors.normal(5, 8, COLUMNS))
                  .factor_C());

      for (int i = 0; i < COLUMNS; i++) {
        double range = range(i, x_NC);
        double expected = range / (Math.log(2 + range) / Math.log(2));
        assertThat((double) factor[i]).isCloseTo(expected, within(1e-5 * expected));
      }
    }
  }

  @Test
  void columnsOfZerosAreScaledByTheRangeAloneAndFactorsAreNeverZero() {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = RandomTensors.normal(6, 50, COLUMNS);
      x_NC.select(1, 5).fill_(new Scalar(2));
      Tensor weight_RC = RandomTensors.normal(7, 8, COLUMNS);
      weight_RC.select(1, 3).zero_();

      float[] factor =
          Tensors.floats(
              factors(new SmoothQuantSmoother(Algorithm.SMOOTHQUANT, 0.5), x_NC, weight_RC)
                  .factor_C());

      assertThat((double) factor[3]).isCloseTo(range(3, x_NC), within(1e-6));
      assertThat(factor[5]).isEqualTo(1e-5f);
    }
  }

  @Test
  void factorsHaveTheTypeOfTheWeights() {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = Tensors.to(RandomTensors.normal(8, 50, COLUMNS), DType.BF16);
      Tensor weight_RC = Tensors.to(RandomTensors.normal(9, 8, COLUMNS), DType.BF16);

      Tensor factor_C =
          factors(new SmoothQuantSmoother(Algorithm.SMOOTHQUANT, 0.5), x_NC, weight_RC).factor_C();

      assertThat(Tensors.dtype(factor_C)).isEqualTo(DType.BF16);
      float[] factor = Tensors.floats(factor_C);
      for (int i = 0; i < COLUMNS; i++) {
        double expected = Math.sqrt(range(i, x_NC) / weight(i, weight_RC));
        // Range, both roots and their quotient are rounded to 8 bits each.
        assertThat((double) factor[i]).isCloseTo(expected, within(expected * 0x1p-7));
      }
    }
  }

  @Test
  void inputThatWasNeverSeenIsNotScaled() {
    try (Scope scope = Scope.open();
        Statistic nothing = StatisticType.CHANNEL_EXTREMES.empty(COLUMNS)) {
      Factors found =
          new SmoothQuantSmoother(Algorithm.SMOOTHQUANT, 0.5)
              .factors(
                  List.of(linear(RandomTensors.normal(1, 8, COLUMNS))),
                  Map.of(StatisticType.CHANNEL_EXTREMES, nothing));

      assertThat(Tensors.floats(found.factor_C())).hasSize(COLUMNS).containsOnly(1);
      assertThat(found.figures()).isEqualTo(Map.of(Factors.UNSEEN, 1.0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x, the calibration data produced activations here that are NaN or infinite",
    "w, weights here are NaN or infinite"
  })
  void whatIsNoNumberIsSaid(String where, String why) {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = RandomTensors.normal(6, 50, COLUMNS);
      Tensor weight_RC = RandomTensors.normal(7, 8, COLUMNS);
      (where.equals("x") ? x_NC : weight_RC).select(1, 3).fill_(new Scalar(Double.NaN));

      assertThatThrownBy(
              () -> factors(new SmoothQuantSmoother(Algorithm.SMOOTHQUANT, 0.5), x_NC, weight_RC))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage("1 of the 12 channels that layer.q_proj reads cannot be smoothed: " + why);
    }
  }

  @Test
  void looksAtWhatIsPutOut() {
    SmoothQuantSmoother smoother = new SmoothQuantSmoother(Algorithm.SMOOTHQUANT, 0.5);

    assertThat(smoother.point()).isEqualTo(Point.PRODUCED);
    assertThat(smoother.statistics()).containsExactly(StatisticType.CHANNEL_EXTREMES);
    assertThat(smoother.isForRounding()).isFalse();
  }
}
