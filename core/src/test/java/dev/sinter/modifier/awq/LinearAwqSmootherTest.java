/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.Smoother.Factors;
import dev.sinter.modifier.Smoother.Linear;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Strategy;
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

class LinearAwqSmootherTest {
  private static final int GROUP = 32;
  private static final int COLUMNS = 64;
  private static final LinearAwqSmoother SMOOTHER = LinearAwqSmoother.of(0.25);
  private static final QuantizationArgs ARGS =
      QuantizationArgs.weights(4, Type.INT, true, new Strategy.Group(GROUP));

  private static Factors factors(Tensor x_BTC, List<Linear> linears) {
    try (Statistic gram = StatisticType.GRAM.empty(COLUMNS);
        Statistic mean = StatisticType.MAGNITUDE.empty(COLUMNS)) {
      gram.observe(x_BTC.view(-1, COLUMNS), x_BTC.size(0));
      mean.observe(x_BTC.view(-1, COLUMNS), x_BTC.size(0));
      return SMOOTHER.factors(
          linears, Map.of(StatisticType.GRAM, gram, StatisticType.MAGNITUDE, mean));
    }
  }

  /** a^α / w^(1-α), within bounds and balanced, in doubles. */
  private static double[] factor(float[] x, float[] w, double alpha) {
    double[] mean = new double[COLUMNS];
    for (int i = 0; i < x.length; i++) {
      mean[i % COLUMNS] += Math.abs((double) x[i]) * COLUMNS / x.length;
    }
    double[] weight = new double[COLUMNS];
    for (int start = 0; start < w.length; start += GROUP) {
      double largest = 0;
      for (int i = start; i < start + GROUP; i++) {
        largest = Math.max(largest, Math.abs(w[i]));
      }
      for (int i = start; i < start + GROUP; i++) {
        weight[i % COLUMNS] += Math.abs(w[i]) / largest * COLUMNS / w.length;
      }
    }
    double[] factor = new double[COLUMNS];
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (int i = 0; i < COLUMNS; i++) {
      factor[i] = Math.pow(mean[i], alpha) / Math.pow(weight[i], 1 - alpha);
      factor[i] = Math.max(1e-4, Math.min(1e4, factor[i]));
      low = Math.min(low, factor[i]);
      high = Math.max(high, factor[i]);
    }
    for (int i = 0; i < COLUMNS; i++) {
      factor[i] /= Math.sqrt(low * high);
    }
    return factor;
  }

  /** The candidate by which the outputs of one module change least. */
  private static double[] best(Tensor x_BTC, Tensor weight_RC) {
    double least = Double.POSITIVE_INFINITY;
    double[] best = new double[0];
    for (int step = 0; step <= 4; step++) {
      double[] factor = factor(Tensors.floats(x_BTC), Tensors.floats(weight_RC), step * 0.25);
      try (Scope scope = Scope.open()) {
        float[] single = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
          single[i] = (float) factor[i];
        }
        Tensor factor_C = Tensors.of(single, COLUMNS);
        Tensor scaled_RC = weight_RC.mul(factor_C);
        Quantizer quantizer = new Quantizer(ARGS);
        Tensor rounded_RC = quantizer.round(scaled_RC, quantizer.observe(scaled_RC));
        double loss = RandomTensors.lossOn(x_BTC, weight_RC, rounded_RC.div(factor_C));
        if (loss < least) {
          least = loss;
          best = factor;
        }
      }
    }
    return best;
  }

  private static Linear linear(String name, Tensor weight_RC) {
    return new Linear("layer." + name, weight_RC, Optional.of(ARGS));
  }

  @Test
  void eachModuleHasItsBestFactorsAndTheirInversesAreAveraged() {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 2, 50, COLUMNS);
      Tensor q_RC = RandomTensors.normal(2, 40, COLUMNS);
      Tensor k_RC =
          RandomTensors.normal(3, 20, COLUMNS).mul_(RandomTensors.normal(4, COLUMNS).exp());

      Factors found = factors(x_BTC, List.of(linear("q", q_RC), linear("k", k_RC)));

      double[] q = best(x_BTC, q_RC);
      double[] k = best(x_BTC, k_RC);
      float[] factor_C = Tensors.floats(found.factor_C());
      for (int i = 0; i < COLUMNS; i++) {
        double expected = 2 / (1 / q[i] + 1 / k[i]);
        assertThat((double) factor_C[i]).isCloseTo(expected, within(1e-4 * expected));
      }
      assertThat(found.figures()).containsKeys("loss", "alpha:q", "alpha:k");
    }
  }

  @Test
  void modulesThatStayDenseHaveNoSay() {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 2, 50, COLUMNS);
      Tensor q_RC = RandomTensors.normal(2, 40, COLUMNS);
      Linear dense = new Linear("layer.k", RandomTensors.normal(3, 20, COLUMNS), Optional.empty());

      assertThat(Tensors.floats(factors(x_BTC, List.of(linear("q", q_RC), dense)).factor_C()))
          .isEqualTo(Tensors.floats(factors(x_BTC, List.of(linear("q", q_RC))).factor_C()));
    }
  }

  @Test
  void factorsAreInTheTypeOfTheWeights() {
    try (Scope scope = Scope.open()) {
      Tensor q_RC = Tensors.to(RandomTensors.normal(2, 40, COLUMNS), DType.BF16);
      Tensor x_BTC = RandomTensors.correlated(1, 2, 50, COLUMNS);

      assertThat(Tensors.dtype(factors(x_BTC, List.of(linear("q", q_RC))).factor_C()))
          .isEqualTo(DType.BF16);
    }
  }

  @Test
  void inputThatWasNeverSeenIsNotScaled() {
    try (Scope scope = Scope.open()) {
      Factors found =
          factors(
              RandomTensors.normal(1, 1, 0, COLUMNS),
              List.of(linear("q", RandomTensors.normal(2, 40, COLUMNS))));

      assertThat(Tensors.floats(found.factor_C())).containsOnly(1);
      assertThat(found.figures()).containsEntry("unseen", 1.0);
    }
  }

  @Test
  void whatIsNoNumberIsSaid() {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 2, 50, COLUMNS);
      Tensor q_RC = RandomTensors.normal(2, 40, COLUMNS).fill_(new Scalar(Double.NaN));

      assertThatThrownBy(() -> factors(x_BTC, List.of(linear("q", q_RC))))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("No factors were found for what layer.q reads");
    }
  }

  @Test
  void exponentsReachFromZeroToOne() {
    assertThat(LinearAwqSmoother.of(0.1).exponents()).hasSize(11).startsWith(0.0).endsWith(1.0);
    assertThat(LinearAwqSmoother.of(0.4).exponents()).containsExactly(0.0, 0.4, 0.8, 1.0);
  }
}
