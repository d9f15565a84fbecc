/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.Smoother.Factors;
import dev.sinter.modifier.Smoother.Linear;
import dev.sinter.modifier.Smoother.Point;
import dev.sinter.quantization.Observer;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Strategy;
import dev.sinter.quantization.Survey;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AwqSmootherTest {
  private static final int COLUMNS = 256;
  private static final QuantizationArgs BY_TENSOR =
      QuantizationArgs.weights(8, Type.INT, true, new Strategy.Tensor());

  private static Linear linear(String name, Tensor weight_RC, QuantizationArgs args) {
    return new Linear("layer." + name, weight_RC, Optional.of(args));
  }

  private static Factors factors(AwqSmoother smoother, Tensor x_BTC, List<Linear> linears) {
    Tensor x_NC = x_BTC.view(-1, x_BTC.size(2));
    try (Statistic gram = StatisticType.GRAM.empty(x_NC.size(1));
        Statistic mean = StatisticType.MAGNITUDE.empty(x_NC.size(1))) {
      gram.observe(x_NC, x_BTC.size(0));
      mean.observe(x_NC, x_BTC.size(0));
      return smoother.factors(
          linears, Map.of(StatisticType.GRAM, gram, StatisticType.MAGNITUDE, mean));
    }
  }

  /** What outputs lose in all when weights are rounded after being scaled, from the inputs. */
  private static double loss(Tensor x_BTC, List<Linear> linears, double[] factor) {
    float[] single = new float[factor.length];
    for (int i = 0; i < factor.length; i++) {
      single[i] = (float) factor[i];
    }
    double loss = 0;
    for (Linear linear : linears) {
      try (Scope scope = Scope.open()) {
        Tensor factor_C =
            Tensors.to(Tensors.of(single, single.length), Tensors.dtype(linear.weight_RC()));
        Quantizer quantizer = new Quantizer(linear.args().orElseThrow());
        Survey whole = Survey.EMPTY;
        for (Linear other : quantizer.hasGlobalScale() ? linears : List.of(linear)) {
          whole = whole.merge(quantizer.survey(other.weight_RC().mul(factor_C)));
        }
        Tensor scaled_RC = linear.weight_RC().mul(factor_C);
        QuantizationParameters parameters = quantizer.observe(scaled_RC, whole);
        Tensor codes_RC = quantizer.encode(scaled_RC, parameters);
        Tensor read_RC =
            Tensors.to(
                    quantizer.decode(new QuantizedWeight(codes_RC, parameters, Optional.empty())),
                    DType.F64)
                .div(Tensors.to(factor_C, DType.F64));
        loss += RandomTensors.lossOn(x_BTC, linear.weight_RC(), read_RC);
      }
    }
    return loss;
  }

  /** The factors of a point by the formulas of the reference, in double, for groups of columns. */
  private static double[] factor(
      Tensor x_BTC, List<Linear> linears, int group, double ratio, boolean duo) {
    float[] x = Tensors.floats(x_BTC);
    double[] mean = new double[COLUMNS];
    for (int i = 0; i < x.length; i++) {
      mean[i % COLUMNS] += Math.abs(x[i]) * (double) COLUMNS / x.length;
    }
    double[] magnitude = new double[COLUMNS];
    long rows = linears.stream().mapToLong(linear -> linear.weight_RC().size(0)).sum();
    for (Linear linear : linears) {
      float[] w = Tensors.floats(linear.weight_RC());
      for (int start = 0; start < w.length; start += group) {
        double largest = 1e-6;
        for (int i = start; i < start + group; i++) {
          largest = Math.max(largest, Math.abs(w[i]) + 1e-6);
        }
        for (int i = start; i < start + group; i++) {
          magnitude[i % COLUMNS] += Math.abs(w[i]) / largest / rows;
        }
      }
    }
    double[] factor = new double[COLUMNS];
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (int i = 0; i < COLUMNS; i++) {
      double divisor = duo ? Math.pow(magnitude[i], 1 - ratio) + 1e-4 : 1;
      factor[i] = Math.max(1e-4, Math.pow(mean[i], ratio) / divisor);
      low = Math.min(low, factor[i]);
      high = Math.max(high, factor[i]);
    }
    for (int i = 0; i < COLUMNS; i++) {
      factor[i] /= Math.sqrt(low * high);
    }
    return factor;
  }

  private static List<Linear> pair(QuantizationArgs args) {
    return List.of(
        linear("q_proj", RandomTensors.normal(2, 300, COLUMNS), args),
        linear("k_proj", RandomTensors.normal(3, 64, COLUMNS).mul_(new Scalar(3)), args));
  }

  @ParameterizedTest
  @CsvSource({
    "W4A16_ASYM, 128, ON",
    "W4A16_ASYM, 128, OFF",
    "W4A16, 128, BOTH",
    "W8A16, 128, ON",
    "W8A8, 256, ON",
    "NVFP4A16, 16, ON",
    "MXFP4A16, 32, BOTH"
  })
  void bestOfTheGridIsChosen(String preset, int group, DuoScaling duo) {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 4, 64, COLUMNS);
      List<Linear> linears = pair(Presets.named(preset).weights());

      Factors found = factors(new AwqSmoother(duo, 8), x_BTC, linears);

      List<double[]> tried = new ArrayList<>();
      List<Double> losses = new ArrayList<>();
      for (DuoScaling.Point point : duo.grid(8)) {
        tried.add(factor(x_BTC, linears, group, point.ratio(), point.duo()));
        losses.add(loss(x_BTC, linears, tried.get(tried.size() - 1)));
      }
      double least = losses.stream().min(Double::compare).orElseThrow();
      int best = losses.indexOf(least);
      assertThat(found.figures().get("loss")).isCloseTo(least, within(1e-3 * least));
      assertThat(found.figures().get("loss_before"))
          .isCloseTo(losses.get(0), within(1e-3 * losses.get(0)))
          .isGreaterThan(least);
      assertThat(found.figures().get("ratio")).isEqualTo(duo.grid(8).get(best).ratio());
      assertThat(found.figures().get("duo_scaling")).isEqualTo(duo.grid(8).get(best).duo() ? 1 : 0);
      float[] factor = Tensors.floats(found.factor_C());
      for (int i = 0; i < COLUMNS; i++) {
        double expected = tried.get(best)[i];
        assertThat((double) factor[i]).isCloseTo(expected, within(1e-4 * expected));
      }
    }
  }

  @Test
  void gridsAreThoseOfTheReference() {
    assertThat(DuoScaling.OFF.grid(3))
        .containsExactly(point(0, false), point(0.5, false), point(1, false));
    assertThat(DuoScaling.ON.grid(4))
        .containsExactly(point(0, false), point(0, true), point(0.5, true), point(1, true));
    assertThat(DuoScaling.BOTH.grid(5))
        .containsExactly(point(0, false), point(0, true), point(1, false), point(1, true));
    assertThat(DuoScaling.ON.grid(20)).hasSize(20).contains(point(1.0 / 18, true));
    assertThat(DuoScaling.ON.grid(1)).containsExactly(point(0, false));
    assertThat(DuoScaling.ON.grid(2)).containsExactly(point(0, false), point(0, true));
    assertThat(DuoScaling.OFF.grid(1)).containsExactly(point(0, false));
  }

  private static DuoScaling.Point point(double ratio, boolean duo) {
    return new DuoScaling.Point(ratio, duo);
  }

  @Test
  void blocksAndWholeWeightsAreRoundedAsTheyWillBe() {
    QuantizationArgs blocks =
        QuantizationArgs.weights(8, Type.FLOAT, true, new Strategy.Block(100, 100));
    for (QuantizationArgs args : List.of(blocks, BY_TENSOR)) {
      try (Scope scope = Scope.open()) {
        Tensor x_BTC = RandomTensors.correlated(1, 4, 64, COLUMNS);
        List<Linear> linears = pair(args);

        Factors found = factors(new AwqSmoother(DuoScaling.OFF, 6), x_BTC, linears);

        double least = Double.POSITIVE_INFINITY;
        for (DuoScaling.Point point : DuoScaling.OFF.grid(6)) {
          double[] factor = factor(x_BTC, linears, COLUMNS, point.ratio(), false);
          least = Math.min(least, loss(x_BTC, linears, factor));
        }
        assertThat(found.figures().get("loss")).isCloseTo(least, within(1e-3 * least));
      }
    }
  }

  @Test
  void bf16WeightsAreScaledInBf16() {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 4, 64, COLUMNS);
      QuantizationArgs args = Presets.named("W4A16_ASYM").weights();
      List<Linear> linears =
          List.of(
              linear("q_proj", Tensors.to(RandomTensors.normal(2, 64, COLUMNS), DType.BF16), args));

      Factors found = factors(new AwqSmoother(DuoScaling.ON, 8), x_BTC, linears);

      assertThat(Tensors.dtype(found.factor_C())).isEqualTo(DType.BF16);
      float[] chosen = Tensors.floats(found.factor_C());
      double[] factor = new double[COLUMNS];
      for (int i = 0; i < COLUMNS; i++) {
        factor[i] = chosen[i];
      }
      double expected = loss(x_BTC, linears, factor);
      assertThat(found.figures().get("loss"))
          .isCloseTo(expected, within(1e-3 * expected))
          .isLessThan(found.figures().get("loss_before"));
    }
  }

  @Test
  void searchedRangesAreExtremesWhileFactorsAreTried() {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 4, 64, COLUMNS);
      QuantizationArgs plain = Presets.named("W4A16").weights();
      QuantizationArgs searched = plain.withObserver(Observer.named("memoryless_mse"));

      assertThat(factors(new AwqSmoother(DuoScaling.ON, 5), x_BTC, pair(searched)).figures())
          .isEqualTo(factors(new AwqSmoother(DuoScaling.ON, 5), x_BTC, pair(plain)).figures());
    }
  }

  @Test
  void modulesThatStayDenseHaveNoSay() {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 4, 64, COLUMNS);
      List<Linear> rounded = pair(Presets.named("W4A16").weights());
      List<Linear> all = new ArrayList<>(rounded);
      Linear dense =
          new Linear("layer.gate", RandomTensors.normal(9, 8, COLUMNS), Optional.empty());
      all.add(1, dense);
      AwqSmoother smoother = new AwqSmoother(DuoScaling.ON, 5);

      assertThat(factors(smoother, x_BTC, all).figures())
          .isEqualTo(factors(smoother, x_BTC, rounded).figures());
      assertThatThrownBy(() -> factors(smoother, x_BTC, List.of(dense)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("None of [layer.gate] will be rounded");
    }
  }

  @Test
  void inputThatWasNeverSeenIsNotScaled() {
    try (Scope scope = Scope.open();
        Statistic gram = StatisticType.GRAM.empty(COLUMNS);
        Statistic mean = StatisticType.MAGNITUDE.empty(COLUMNS)) {
      Factors found =
          new AwqSmoother(DuoScaling.ON, 20)
              .factors(
                  pair(Presets.named("W4A16").weights()),
                  Map.of(StatisticType.GRAM, gram, StatisticType.MAGNITUDE, mean));

      assertThat(Tensors.floats(found.factor_C())).hasSize(COLUMNS).containsOnly(1);
      assertThat(found.figures()).isEqualTo(Map.of(Factors.UNSEEN, 1.0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x, 'The calibration data produced activations here that are NaN or infinite: look at the model"
        + " and its data'",
    "w, 'Weights here are NaN or infinite, or activations are so large that their squares overflow:"
        + " look at the model, or leave these modules out with ignore'"
  })
  void whatIsNoNumberIsSaid(String where, String why) {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 4, 64, COLUMNS);
      List<Linear> linears = pair(Presets.named("W4A16").weights());
      (where.equals("x") ? x_BTC.view(-1, COLUMNS) : linears.get(1).weight_RC())
          .select(1, 3)
          .fill_(new Scalar(Double.NaN));

      assertThatThrownBy(() -> factors(new AwqSmoother(DuoScaling.ON, 5), x_BTC, linears))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage(
              "No factors were found for what layer.q_proj reads: the loss of each is no number. "
                  + why);
    }
  }

  @Test
  void channelThatIsAlwaysZeroDoesNotSpoilFactors() {
    try (Scope scope = Scope.open()) {
      Tensor x_BTC = RandomTensors.correlated(1, 4, 64, COLUMNS);
      x_BTC.select(2, 7).zero_();

      Factors found =
          factors(new AwqSmoother(DuoScaling.ON, 8), x_BTC, pair(Presets.named("W4A16").weights()));

      float[] factor = Tensors.floats(found.factor_C());
      for (float one : factor) {
        assertThat(one).isPositive().isFinite();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DuoScaling.class)
  void duoScalingNeedsPartsThatShareScales(DuoScaling duo) {
    AwqSmoother smoother = new AwqSmoother(duo, 20);

    assertThat(smoother.refusal(Presets.named("W4A16").weights())).isEmpty();
    if (duo == DuoScaling.OFF) {
      assertThat(smoother.refusal(BY_TENSOR)).isEmpty();
    } else {
      assertThat(smoother.refusal(BY_TENSOR))
          .hasValue(
              "duo_scaling weighs columns by their part of what shares a scale, which says nothing"
                  + " where a whole weight shares one (strategy tensor). Write duo_scaling: false,"
                  + " or take scales by channel, group or block");
    }
  }

  @Test
  void looksAtWhatIsRead() {
    AwqSmoother smoother = new AwqSmoother(DuoScaling.ON, 20);

    assertThat(smoother.point()).isEqualTo(Point.READ);
    assertThat(smoother.statistics())
        .containsExactlyInAnyOrder(StatisticType.GRAM, StatisticType.MAGNITUDE);
    assertThat(smoother.isForRounding()).isTrue();
  }
}
