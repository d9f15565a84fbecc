/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference's values are those of calculate_qparams and generate_gparam. */
class ScalesTest {
  private static final float[] MIN = {-1, -.5f, .2f, -3, 0, -.01f};
  private static final float[] MAX = {.7f, 2, .9f, -1, 0, 6};

  private static QuantizationArgs preset(String name) {
    return Presets.named(name).weights();
  }

  private static Range range(DType dtype) {
    return new Range.Ends(
        Tensors.to(Tensors.of(MIN, 6), dtype), Tensors.to(Tensors.of(MAX, 6), dtype));
  }

  private static float[] scales(QuantizationArgs args, float... magnitudes) {
    try (Scope scope = Scope.open()) {
      Tensor max = Tensors.of(magnitudes, magnitudes.length);
      Range range = new Range.Ends(Tensors.zeros(DType.F32, Tensors.shape(max)), max);
      return Tensors.floats(Scales.of(args, range, Optional.empty()).scale_RG());
    }
  }

  @Test
  void symmetricScalesAreTheReferences() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, true, new Strategy.Channel());

      QuantizationParameters wide = Scales.of(args, range(DType.F32), Optional.empty());
      QuantizationParameters narrow = Scales.of(args, range(DType.BF16), Optional.empty());

      assertThat(wide.zeroPoint_RG()).isEmpty();
      assertThat(Tensors.floats(wide.scale_RG()))
          .containsExactly(.13333334f, .26666668f, .12f, .4f, 0x1p-23f, .8f);
      assertThat(Tensors.dtype(narrow.scale_RG())).isEqualTo(DType.BF16);
      assertThat(Tensors.floats(narrow.scale_RG()))
          .containsExactly(137 / 1024f, 137 / 512f, 245 / 2048f, 205 / 512f, 1 / 128f, 205 / 256f);
    }
  }

  @Test
  void asymmetricScalesAndZeroPointsAreTheReferences() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, false, new Strategy.Channel());

      QuantizationParameters wide = Scales.of(args, range(DType.F32), Optional.empty());
      QuantizationParameters narrow = Scales.of(args, range(DType.BF16), Optional.empty());

      assertThat(Tensors.floats(wide.scale_RG()))
          .containsExactly(.11333334f, .16666667f, .06f, .2f, 0x1p-23f, .40066668f);
      assertThat(Tensors.floats(wide.zeroPoint_RG().orElseThrow()))
          .containsExactly(1, -5, -8, 7, 0, -8);
      assertThat(Tensors.floats(narrow.scale_RG())).containsExactly(BF16_ASYMMETRIC);
      assertThat(Tensors.floats(narrow.zeroPoint_RG().orElseThrow()))
          .containsExactly(1, -5, -8, 7, 0, -8);
    }
  }

  private static final float[] BF16_ASYMMETRIC = {
    0.11376953f, 0.16699219f, 0.059814453f, 0.20019531f, .0078125f, 0.40039062f
  };

  @Test
  void scalesOfGroupsAreRelativeToTheGlobalScaleAsTheReferencesAre() {
    try (Scope scope = Scope.open()) {
      Tensor global = Tensors.of(new float[] {448}, 1);

      QuantizationParameters parameters =
          Scales.of(preset("NVFP4A16"), range(DType.F32), Optional.of(global));

      assertThat(Tensors.floats(parameters.scale_RG()))
          .containsExactly(72, 144, 64, 224, .125f, 448);
      assertThat(parameters.globalScale()).contains(global);
      assertThat(Tensors.floats(parameters.effectiveScale())).contains(72 / 448f, 224 / 448f);
    }
  }

  /** The bounds of the reference's sweep, and the same an exponent lower. */
  @ParameterizedTest
  @CsvSource({
    "0.87, 0.125",
    "0.875, 0.25",
    "1, 0.25",
    "1.74, 0.25",
    "1.75, 0.5",
    "3.4, 0.5",
    "3.5, 1",
    "6.9, 1",
    "7, 2",
    "1e-30, 1.9721523e-31",
    "2.9e38, 4.2535296e37"
  })
  void microscalesAreThePowersOfTwoOfTheReference(float magnitude, float scale) {
    assertThat(scales(preset("MXFP4A16"), magnitude)).containsExactly(scale);
    assertThat(scales(preset("MXFP8A16"), magnitude)).containsExactly(scale / 64);
  }

  @Test
  void microscaleOfZerosIsTheSmallest() {
    assertThat(scales(preset("MXFP4A16"), 0, 0x1p-126f)).containsExactly(0x1p-127f, 0x1p-127f);
    assertThat(scales(preset("MXFP8A16"), 0)).containsExactly(0x1p-127f);
    try (Scope scope = Scope.open()) {
      Tensor scale = Tensors.of(new float[] {0x1p-127f, .5f, 1, 0x1p127f}, 4);
      assertThat(Tensors.floats(Scales.exponents(scale))).containsExactly(0, 126, 127, 254);
      assertThat(Tensors.floats(Scales.powers(Scales.exponents(scale))))
          .containsExactly(0x1p-127f, .5f, 1, 0x1p127f);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void microscaleOfNoNumberIsNone(float magnitude) {
    assertThat(scales(preset("MXFP4A16"), magnitude, 1)).containsExactly(Float.NaN, .25f);
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 1.1920929e-7",
    "BF16, 0.0078125",
    "F16, 0.0009765625",
    "F64, 2.220446049250313e-16"
  })
  void scaleOfZerosIsTheEpsilonOfItsType(DType dtype, double epsilon) {
    try (Scope scope = Scope.open()) {
      Range zeros =
          new Range.Ends(
              Tensors.zeros(dtype, dev.sinter.tensor.Shape.of(1)),
              Tensors.zeros(dtype, dev.sinter.tensor.Shape.of(1)));
      for (boolean symmetric : new boolean[] {true, false}) {
        QuantizationArgs args =
            QuantizationArgs.weights(8, Type.INT, symmetric, new Strategy.Channel());
        Tensor scale = Scales.of(args, zeros, Optional.empty()).scale_RG();
        assertThat(scale.item_double())
            .isCloseTo(epsilon, org.assertj.core.data.Offset.offset(1e-14));
      }
      Tensor ofGroups =
          Scales.of(preset("NVFP4A16"), zeros, Optional.of(Tensors.of(new float[] {1}, 1)))
              .scale_RG();
      assertThat(ofGroups.item_double()).isEqualTo(.125);
    }
  }

  /** Weights whose largest magnitude it is; 448 * 6 = 2688, in the type of the weight. */
  @ParameterizedTest
  @CsvSource({
    "F32, -2, 1, 1344",
    "F32, -1, 3, 896",
    "F32, 0, 0.7, 3840",
    "BF16, 0, 0.69921875, 3840",
    "F16, 0, 0.7001953125, 3838",
    "F32, 0, 0, 1",
    "F32, 0, 1e-37, 1",
    "F32, 0, 8e-36, 3.3599998e38",
    "F16, 0, 0.01, 1",
    "F32, NaN, NaN, 1",
    "F32, 0, Infinity, 0",
  })
  void globalScaleMakesTheLargestScaleTheLargestFloat8(
      DType dtype, double min, double max, float global) {
    try (Scope scope = Scope.open()) {
      Tensor found = Scales.global(preset("NVFP4A16"), new Survey.Extremes(min, max), dtype);

      assertThat(Tensors.dtype(found)).isEqualTo(DType.F32);
      assertThat(found.shape()).containsExactly(1);
      assertThat(Tensors.floats(found)).containsExactly(global);
    }
  }

  @Test
  void rangeAlwaysHoldsZero() {
    try (Scope scope = Scope.open()) {
      Tensor min = Tensors.of(new float[] {1, -2}, 2);
      Tensor max = min.add(new Scalar(.5));
      Range.Ends zeroed = new Range.Ends(min, max).withZero();

      assertThat(Tensors.floats(zeroed.min())).containsExactly(0, -2);
      assertThat(Tensors.floats(zeroed.max())).containsExactly(1.5f, 0);
      assertThat(Tensors.floats(zeroed.magnitude())).containsExactly(1.5f, 2);
      assertThat(zeroed.extremes()).isEqualTo(new Survey.Extremes(-2, 1.5));
    }
  }
}
