/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.quantization.RangeCandidates.Fp8Scales;
import dev.sinter.quantization.RangeCandidates.Fp8Scales.Reach;
import dev.sinter.quantization.RangeCandidates.Multiples;
import dev.sinter.quantization.RangeSearch.Loss;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is expected is searched for in plain doubles, element by element. */
class RangeSearchTest {
  private static final Multiples USUAL = Multiples.between(0.25, 4, 39);
  private static final QuantizationArgs NVFP4 = Presets.named("NVFP4A16").weights();

  /** The magnitudes that a code of four bits can have. */
  private static final double[] E2M1 = {0, 0.5, 1, 1.5, 2, 3, 4, 6};

  private static double[] eightBitFloats() {
    double[] floats = new double[126];
    for (int code = 1; code <= 126; code++) {
      int exponent = code >> 3;
      double mantissa = (code & 7) / 8.0;
      floats[code - 1] =
          exponent == 0 ? mantissa * Math.pow(2, -6) : (1 + mantissa) * Math.pow(2, exponent - 7);
    }
    return floats;
  }

  private static double nearestCode(double value) {
    double nearest = 0;
    for (double code : E2M1) {
      if (Math.abs(Math.abs(value) - code) < Math.abs(Math.abs(value) - nearest)) {
        nearest = code;
      }
    }
    return Math.copySign(nearest, value);
  }

  private static double squares(float[] w, int start, int count, double scale) {
    double sum = 0;
    for (int i = start; i < start + count; i++) {
      double error = nearestCode(w[i] / scale) * scale - w[i];
      sum += error * error;
    }
    return sum;
  }

  /** Rows whose groups are of all sizes, one of them zero. */
  private static Tensor weight() {
    Tensor weight_RC = RandomTensors.normal(5, 24, 64);
    for (int row = 0; row < 24; row++) {
      weight_RC.select(0, row).mul_(new Scalar(Math.pow(2, -row)));
    }
    weight_RC.select(0, 3).narrow(0, 16, 16).zero_();
    return weight_RC;
  }

  @ParameterizedTest
  @EnumSource(Reach.class)
  void everyScaleOfNvfp4IsTried(Reach reach) {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = weight();
      Survey survey = new Quantizer(NVFP4).survey(weight_RC);
      QuantizationParameters found =
          new RangeSearch(NVFP4, new Fp8Scales(reach)).observe(weight_RC, survey, Loss.SQUARES);

      float[] w = Tensors.floats(weight_RC);
      float[] scales = Tensors.floats(found.scale_RG());
      double global = Tensors.floats(found.globalScale().orElseThrow())[0];
      assertThat(global).isEqualTo(Tensors.floats(max(NVFP4, weight_RC).globalScale().get())[0]);
      for (int group = 0; group < scales.length; group++) {
        double least = Double.POSITIVE_INFINITY;
        for (double scale : eightBitFloats()) {
          least = Math.min(least, squares(w, group * 16, 16, scale / global));
        }
        assertThat(squares(w, group * 16, 16, scales[group] / global))
            .as("group " + group)
            .isCloseTo(least, within(1e-6 * least));
      }
    }
  }

  private static QuantizationParameters max(QuantizationArgs args, Tensor weight_RC) {
    Quantizer quantizer = new Quantizer(args);
    return quantizer.observe(weight_RC, quantizer.survey(weight_RC));
  }

  @ParameterizedTest
  @CsvSource({"4, true, group", "4, false, group", "2, true, channel", "3, false, tensor"})
  void multiplesOfTheRangeAreTried(int bits, boolean symmetric, String strategy) {
    int size = strategy.equals("group") ? 16 : strategy.equals("channel") ? 64 : 12 * 64;
    QuantizationArgs args =
        QuantizationArgs.weights(
            bits,
            Type.INT,
            symmetric,
            strategy.equals("group")
                ? new Strategy.Group(16)
                : strategy.equals("channel") ? new Strategy.Channel() : new Strategy.Tensor());
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(7, 12, 64);
      QuantizationParameters found =
          new RangeSearch(args, USUAL).observe(weight_RC, Survey.EMPTY, Loss.SQUARES);

      float[] w = Tensors.floats(weight_RC);
      float[] scales = Tensors.floats(found.scale_RG());
      assertThat(scales).hasSize(w.length / size);
      for (int group = 0; group < scales.length; group++) {
        assertThat((double) scales[group])
            .isCloseTo(best(w, group * size, size, bits, symmetric), within(1e-5));
      }
    }
  }

  /** The scale by the multiple with the least sum of squares. */
  private static double best(float[] w, int start, int size, int bits, boolean symmetric) {
    double low = -Math.pow(2, bits - 1);
    double high = -low - 1;
    double least = Double.POSITIVE_INFINITY;
    double best = 0;
    double min = 0;
    double max = 0;
    for (int i = start; i < start + size; i++) {
      min = Math.min(min, w[i]);
      max = Math.max(max, w[i]);
    }
    for (int step = 0; step < 39; step++) {
      double multiple = 0.25 + step * 3.75 / 38;
      double scale =
          multiple
              * (symmetric ? 2 * Math.max(-min, max) / (high - low) : (max - min) / (high - low));
      double zero =
          symmetric ? 0 : Math.rint(Math.max(low, Math.min(high, low - min * multiple / scale)));
      double sum = 0;
      for (int i = start; i < start + size; i++) {
        double code = Math.rint(Math.max(low, Math.min(high, w[i] / scale + zero)));
        sum += Math.pow((code - zero) * scale - w[i], 2);
      }
      if (sum < least) {
        least = sum;
        best = scale;
      }
    }
    return best;
  }

  @Test
  void lossesAddUpByBlocksOfRowsAndColumns() {
    QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, true, new Strategy.Block(5, 24));
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(9, 12, 64);
      Tensor scale_RG =
          new RangeSearch(args, USUAL).observe(weight_RC, Survey.EMPTY, Loss.SQUARES).scale_RG();

      assertThat(scale_RG.size(0)).isEqualTo(3);
      assertThat(scale_RG.size(1)).isEqualTo(3);
      Tensor block = weight_RC.narrow(0, 5, 5).narrow(1, 24, 24).contiguous();
      assertThat((double) Tensors.floats(scale_RG)[4])
          .isCloseTo(best(Tensors.floats(block), 0, 120, 4, true), within(1e-5));
    }
  }

  @Test
  void whatIsExactKeepsItsRange() {
    QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, true, new Strategy.Group(16));
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(9, 2, 32);
      weight_RC.select(0, 1).zero_();
      Loss dead = change_RC -> change_RC.mul(new Scalar(0));

      Tensor searched =
          new RangeSearch(args, USUAL).observe(weight_RC, Survey.EMPTY, dead).scale_RG();

      assertThat(Tensors.floats(searched))
          .isEqualTo(Tensors.floats(max(args, weight_RC).scale_RG()));
    }
  }

  @Test
  void whatIsNoNumberStaysNoNumber() {
    QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, true, new Strategy.Group(16));
    try (Scope scope = Scope.open()) {
      Tensor weight_RC =
          Tensors.of(new float[] {Float.NaN, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 1, 1, 1, 1, 1}, 1, 16);

      assertThat(
              Tensors.floats(
                  new RangeSearch(args, USUAL)
                      .observe(weight_RC, Survey.EMPTY, Loss.SQUARES)
                      .scale_RG()))
          .containsExactly(Float.NaN);
    }
  }

  @Test
  void bf16WeightsKeepScalesOfTheirType() {
    QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, true, new Strategy.Group(16));
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = Tensors.to(RandomTensors.normal(9, 4, 64), DType.BF16);

      QuantizationParameters found =
          new RangeSearch(args, USUAL).observe(weight_RC, Survey.EMPTY, Loss.SQUARES);

      assertThat(Tensors.dtype(found.scale_RG())).isEqualTo(DType.BF16);
      assertThat(error(args, weight_RC, found))
          .isLessThan(0.95 * error(args, weight_RC, max(args, weight_RC)));
    }
  }

  private static double error(
      QuantizationArgs args, Tensor weight_RC, QuantizationParameters parameters) {
    Tensor rounded_RC = Tensors.to(new Quantizer(args).round(weight_RC, parameters), DType.F64);
    return rounded_RC.sub(Tensors.to(weight_RC, DType.F64)).square().sum().item_double();
  }

  @ParameterizedTest
  @CsvSource({"MXFP4A16, true", "MXFP4A16, false", "W4A16, false", "FP8_DYNAMIC, false"})
  void whatHasNoSuchScalesKeepsItsExtremes(String preset, boolean multiples) {
    QuantizationArgs args = Presets.named(preset).weights();
    RangeCandidates candidates = multiples ? USUAL : new Fp8Scales(Reach.NEAR);
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(9, 4, 128);

      RangeSearch search = new RangeSearch(args, candidates);

      assertThat(Tensors.floats(search.observe(weight_RC, Survey.EMPTY, Loss.SQUARES).scale_RG()))
          .isEqualTo(Tensors.floats(max(args, weight_RC).scale_RG()));
      assertThat(search.coupling()).isEqualTo(new Quantizer(args).coupling());
    }
  }

  @Test
  void rowsAreCoupledByScalesThatTheyShare() {
    List<Coupling> couplings = new ArrayList<>();
    for (Strategy strategy :
        List.of(new Strategy.Tensor(), new Strategy.Channel(), new Strategy.Group(16))) {
      couplings.add(
          new RangeSearch(QuantizationArgs.weights(8, Type.INT, true, strategy), USUAL).coupling());
    }

    assertThat(couplings).containsExactly(Coupling.WHOLE, Coupling.NONE, Coupling.NONE);
    assertThat(new RangeSearch(NVFP4, USUAL).coupling()).isEqualTo(Coupling.SURVEY);
  }

  @Test
  void rowsApartAreTheRowsOfTheWhole() {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = weight();
      RangeSearch search = new RangeSearch(NVFP4, new Fp8Scales(Reach.NEAR));
      Survey survey = new Quantizer(NVFP4).survey(weight_RC);

      Tensor whole = search.observe(weight_RC, survey, Loss.SQUARES).scale_RG();
      Tensor some = search.observe(weight_RC.narrow(0, 8, 4), survey, Loss.SQUARES).scale_RG();

      assertThat(Tensors.floats(some))
          .isEqualTo(Tensors.floats(whole.narrow(0, 8, 4).contiguous()));
    }
  }

  @Test
  void multiplesOfNothingAreRefused() {
    assertThatThrownBy(() -> new Multiples(List.of(1.0, 0.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Ranges are multiplied by numbers above 0, not [1.0, 0.0]");
    assertThat(Multiples.between(1, 1, 1).of()).containsExactly(1.0);
    assertThat(USUAL.of()).hasSize(39).startsWith(0.25).endsWith(4.0);
  }
}
