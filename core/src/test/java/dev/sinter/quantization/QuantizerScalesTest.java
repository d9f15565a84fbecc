/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scales and zero points are those that compressed-tensors computes. */
class QuantizerScalesTest {
  /** A row for each pair of extremes of the reference's table. */
  private static final float[] EXTREMES = {-1, .7f, -.5f, 2, .2f, .9f, -3, -1, 0, 0, -.01f, 6};

  private static final Offset<Float> PRINTED_DIGITS = within(6e-9f);

  private static Quantizer quantizer(int bits, Type type, boolean symmetric) {
    return new Quantizer(QuantizationArgs.weights(bits, type, symmetric, new Strategy.Channel()));
  }

  private static float[] symmetricScales(int bits, Type type, DType dtype) {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = Tensors.to(Tensors.of(EXTREMES, 6, 2), dtype);
      QuantizationParameters parameters = quantizer(bits, type, true).observe(weight_RC);
      assertThat(parameters.zeroPoint_RG()).isEmpty();
      assertThat(Tensors.dtype(parameters.scale_RG())).isEqualTo(dtype);
      return Tensors.floats(parameters.scale_RG());
    }
  }

  private static void assertClose(float[] found, float... expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).as("row %d", i).isCloseTo(expected[i], PRINTED_DIGITS);
    }
  }

  @Test
  void symmetricScalesInFp32AreTheReferences() {
    assertClose(
        symmetricScales(4, Type.INT, DType.F32),
        .13333334f,
        .26666668f,
        .12f,
        .4f,
        1.1920929e-7f,
        .8f);
  }

  @Test
  void symmetricScalesInBf16AreTheReferences() {
    assertClose(
        symmetricScales(4, Type.INT, DType.BF16),
        .13378906f,
        .26757812f,
        .11962891f,
        .40039062f,
        .0078125f,
        .80078125f);
  }

  @Test
  void asymmetricScalesAndZeroPointsAreTheReferences() {
    try (Scope scope = Scope.open()) {
      QuantizationParameters parameters =
          quantizer(4, Type.INT, false).observe(Tensors.of(EXTREMES, 6, 2));
      assertClose(
          Tensors.floats(parameters.scale_RG()),
          .11333334f,
          .16666667f,
          .06f,
          .2f,
          1.1920929e-7f,
          .40066668f);
      assertThat(Tensors.floats(parameters.zeroPoint_RG().orElseThrow()))
          .containsExactly(1, -5, -8, 7, 0, -8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, INT, 1.5",
    "3, INT, 3.5",
    "4, INT, 7.5",
    "8, INT, 127.5",
    "8, FLOAT, 448",
  })
  void symmetricScaleIsTheLargestByHalfTheRange(int bits, Type type, float divisor) {
    float[] scales = symmetricScales(bits, type, DType.F32);

    assertThat(scales[3]).isEqualTo(3 / divisor);
    assertThat(scales[5]).isEqualTo(6 / divisor);
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 1.1920928955078125e-7",
    "BF16, 0.0078125",
    "F16, 0.0009765625",
    "F64, 2.220446049250313e-16"
  })
  void groupOfZerosGetsTheEpsilonOfItsType(DType dtype, double epsilon) {
    for (boolean symmetric : new boolean[] {true, false}) {
      try (Scope scope = Scope.open()) {
        Tensor weight_RC = Tensors.to(Tensors.of(new float[2], 1, 2), dtype);
        QuantizationParameters parameters = quantizer(4, Type.INT, symmetric).observe(weight_RC);

        assertThat(parameters.scale_RG().item_double()).isEqualTo(epsilon);
        parameters.zeroPoint_RG().ifPresent(zero -> assertThat(zero.item_double()).isZero());
        Tensor codes_RC = quantizer(4, Type.INT, symmetric).encode(weight_RC, parameters);
        assertThat(Tensors.floats(codes_RC)).containsExactly(0, 0);
      }
    }
  }

  @Test
  void eachGroupOfColumnsHasItsScale() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, true, new Strategy.Group(2));
      Tensor weight_RC = Tensors.of(new float[] {1, -7.5f, 0, 15, 30, 2, 3, -60}, 2, 4);

      QuantizationParameters parameters = new Quantizer(args).observe(weight_RC);

      assertThat(parameters.scale_RG().shape()).containsExactly(2, 2);
      assertThat(Tensors.floats(parameters.scale_RG())).containsExactly(1, 2, 4, 8);
    }
  }

  @Test
  void matrixNarrowerThanAGroupIsOneGroup() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, true, new Strategy.Group(128));
      Tensor weight_RC = Tensors.of(new float[] {1, -7.5f, 3}, 1, 3);

      assertThat(Tensors.floats(new Quantizer(args).observe(weight_RC).scale_RG()))
          .containsExactly(1);
    }
  }
}
