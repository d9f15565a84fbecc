/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerCodesTest {
  private static float[] codes(QuantizationArgs args, float scale, float... values) {
    try (Scope scope = Scope.open()) {
      Tensor weight = Tensors.of(values, values.length);
      Tensor scales = Tensors.of(new float[] {scale}, 1);
      return Tensors.floats(new Codes(args).round(weight, scales, Optional.empty()));
    }
  }

  private static QuantizationArgs channel(int bits, Type type) {
    return QuantizationArgs.weights(bits, type, true, new Strategy.Channel());
  }

  @Test
  void integersRoundHalfToEvenAndSaturate() {
    assertThat(codes(channel(4, Type.INT), 2, 1, 3, 5, -1, -3, 100, -100, 13, 15, -17))
        .containsExactly(0, 2, 2, -0f, -2, 7, -8, 6, 7, -8);
  }

  @Test
  void floatsRoundHalfToEvenAndSaturate() {
    // Between 1 and 2 the codes lie 1/8 apart, from 256 on 32 apart, and the smallest is 2^-9.
    assertThat(
            codes(
                channel(8, Type.FLOAT),
                1,
                1.0625f,
                1.1875f,
                300,
                271,
                1000,
                -1000,
                0x1.8p-9f,
                0x1p-10f,
                0x1.1p-10f))
        .containsExactly(1, 1.25f, 288, 256, 448, -448, 0x1p-8f, 0, 0x1p-9f);
  }

  @Test
  void zeroPointShiftsCodesAndValues() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, false, new Strategy.Channel());
      Tensor scale = Tensors.of(new float[] {.5f}, 1);
      Optional<Tensor> zero = Optional.of(Tensors.of(new float[] {-3}, 1));
      Tensor values = Tensors.of(new float[] {0, 1, -2, 5, 9}, 5);

      Tensor codes = new Codes(args).round(values, scale, zero);

      assertThat(Tensors.floats(codes)).containsExactly(-3, -1, -7, 7, 7);
      assertThat(Tensors.floats(Codes.value(codes, scale, zero))).containsExactly(0, 1, -2, 5, 5);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, true, 32",
    "3, false, 0",
    "4, true, 128",
    "4, false, 128",
    "5, true, 16",
    "6, false, 64",
    "7, true, 0",
    "8, true, 0",
    "8, false, 32"
  })
  void integersComeBackWithinHalfAScaleStep(int bits, boolean symmetric, int group) {
    Strategy strategy = group == 0 ? new Strategy.Channel() : new Strategy.Group(group);
    QuantizationArgs args = QuantizationArgs.weights(bits, Type.INT, symmetric, strategy);
    for (long seed = 0; seed < 10; seed++) {
      try (Scope scope = Scope.open()) {
        Tensor weight_RC = RandomTensors.normal(seed, 7, 256);
        QuantizationParameters parameters = new Quantizer(args).observe(weight_RC);

        float[] back = roundTrip(args, weight_RC, parameters);

        float[] weight = Tensors.floats(weight_RC);
        float[] scale = Tensors.floats(parameters.scale_RG());
        int groupColumns = (int) args.groupColumns(256);
        for (int i = 0; i < weight.length; i++) {
          float step = scale[i / groupColumns];
          assertThat(Math.abs(weight[i] - back[i])).isLessThanOrEqualTo(step * .50001f);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void floatsComeBackWithinASixteenth(long seed) {
    QuantizationArgs args = channel(8, Type.FLOAT);
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(seed, 7, 256);
      QuantizationParameters parameters = new Quantizer(args).observe(weight_RC);

      float[] back = roundTrip(args, weight_RC, parameters);

      float[] weight = Tensors.floats(weight_RC);
      float[] scale = Tensors.floats(parameters.scale_RG());
      for (int i = 0; i < weight.length; i++) {
        float halfOfSmallest = scale[i / 256] * 0x1p-10f;
        float bound = Math.max(Math.abs(weight[i]) / 16, halfOfSmallest) * 1.0001f;
        assertThat(Math.abs(weight[i] - back[i])).isLessThanOrEqualTo(bound);
      }
    }
  }

  private static float[] roundTrip(
      QuantizationArgs args, Tensor weight_RC, QuantizationParameters parameters) {
    Quantizer quantizer = new Quantizer(args);
    Tensor codes_RC = quantizer.encode(weight_RC, parameters);
    assertThat(Tensors.dtype(codes_RC))
        .isEqualTo(args.type() == Type.INT ? DType.I8 : DType.F8_E4M3);
    Tensor decoded_RC =
        quantizer.decode(new QuantizedWeight(codes_RC, parameters, Optional.empty()));
    assertThat(decoded_RC.shape()).containsExactly(weight_RC.shape());
    return Tensors.floats(decoded_RC);
  }

  @Test
  void columnsOutOfOrderAreReadWithTheirGroups() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = QuantizationArgs.weights(4, Type.INT, false, new Strategy.Group(2));
      QuantizationParameters parameters =
          new QuantizationParameters(
              Tensors.of(new float[] {.5f, 10}, 1, 2),
              Optional.of(Tensors.of(new float[] {1, -1}, 1, 2)));
      Tensor codes_RC = Tensors.to(Tensors.of(new float[] {1, 2, 3, 4}, 1, 4), DType.I8);
      Tensor groups_C = Tensors.of(new long[] {1, 0, 0, 1}, 4);

      Tensor decoded_RC =
          new Quantizer(args)
              .decode(new QuantizedWeight(codes_RC, parameters, Optional.of(groups_C)));

      assertThat(Tensors.floats(decoded_RC)).containsExactly(20, .5f, 1, 50);
    }
  }

  @Test
  void bf16DividesInBf16() {
    try (Scope scope = Scope.open()) {
      // 101 / 0.99609375 = 101.396, which bf16 in its steps of 0.5 makes 101.5, and that is 102.
      Tensor weight = Tensors.to(Tensors.of(new float[] {101}, 1), DType.BF16);
      Tensor scale = Tensors.to(Tensors.of(new float[] {.99609375f}, 1), DType.BF16);

      Tensor code = new Codes(channel(8, Type.INT)).round(weight, scale, Optional.empty());

      assertThat(Tensors.dtype(code)).isEqualTo(DType.BF16);
      assertThat(Tensors.floats(code)).containsExactly(102);
    }
  }
}
