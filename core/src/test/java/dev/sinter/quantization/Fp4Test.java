/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class Fp4Test {
  private static final float[] MAGNITUDES = {0, .5f, 1, 1.5f, 2, 3, 4, 6};
  private static final int SIGN = 8;

  private static int[] codes(DType dtype, float... values) {
    try (Scope scope = Scope.open()) {
      return stored(Fp4.encode(Tensors.to(Tensors.of(values, values.length), dtype)));
    }
  }

  private static int code(float value) {
    return codes(DType.F32, value)[0];
  }

  private static int[] stored(Tensor codes) {
    float[] values = Tensors.floats(codes);
    int[] stored = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      stored[i] = (int) values[i];
    }
    return stored;
  }

  private static Tensor bytes(int[] values, long... shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return Tensors.to(Tensors.of(floats, shape), DType.U8);
  }

  /** The bounds between neighbours, and the code of the two that a number on the bound gets. */
  @ParameterizedTest
  @CsvSource({
    "0.25, 0, 1, 0",
    "0.75, 1, 2, 2",
    "1.25, 2, 3, 2",
    "1.75, 3, 4, 4",
    "2.5, 4, 5, 4",
    "3.5, 5, 6, 6",
    "5, 6, 7, 6"
  })
  void numbersBesideABoundGoToTheNearestAndOnItToTheEvenCode(
      float bound, int below, int above, int on) {
    assertThat(code(Math.nextDown(bound))).isEqualTo(below);
    assertThat(code(bound)).isEqualTo(on);
    assertThat(code(Math.nextUp(bound))).isEqualTo(above);
    assertThat(code(-Math.nextDown(bound))).isEqualTo(SIGN | below);
    assertThat(code(-bound)).isEqualTo(SIGN | on);
    assertThat(code(-Math.nextUp(bound))).isEqualTo(SIGN | above);
  }

  @Test
  void minusZeroIsZeroAndWhatRoundsToZeroKeepsItsSign() {
    assertThat(codes(DType.F32, 0, -0f, -Float.MIN_VALUE, Float.MIN_VALUE, -.2f, .2f))
        .containsExactly(0, 0, SIGN, 0, SIGN, 0);
  }

  @Test
  void numbersBeyondTheLargestAreTheLargest() {
    assertThat(
            codes(
                DType.F32,
                6,
                100,
                Float.MAX_VALUE,
                Float.POSITIVE_INFINITY,
                -6,
                -100,
                Float.NEGATIVE_INFINITY))
        .containsExactly(7, 7, 7, 7, 15, 15, 15);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "F16", "F64"})
  void everyCodeComesBackWhateverTheType(DType dtype) {
    try (Scope scope = Scope.open()) {
      int[] all = new int[2 * MAGNITUDES.length];
      float[] values = new float[all.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = i;
        values[i] = i < SIGN ? MAGNITUDES[i] : -MAGNITUDES[i - SIGN];
      }

      Tensor decoded = Fp4.decode(bytes(all, 16), dtype);

      assertThat(Tensors.dtype(decoded)).isEqualTo(dtype);
      assertThat(Tensors.floats(decoded)).containsExactly(values);
      all[SIGN] = 0; // minus zero
      assertThat(stored(Fp4.encode(decoded))).containsExactly(all);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noOtherCodeIsNearer(long seed) {
    float[] values = RandomTensors.normals(seed, 5000);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(-6, Math.min(6, values[i] * 2));
    }

    int[] codes = codes(DType.F32, values);

    for (int i = 0; i < values.length; i++) {
      double nearest = Double.MAX_VALUE;
      for (float magnitude : MAGNITUDES) {
        nearest = Math.min(nearest, Math.abs(Math.abs((double) values[i]) - magnitude));
      }
      assertThat(Math.abs(Math.abs((double) values[i]) - MAGNITUDES[codes[i] & 7]))
          .isEqualTo(nearest);
      assertThat(codes[i] >= SIGN).isEqualTo(values[i] < 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 4095, 4096, 4097, 8192, 9001})
  void anyNumberOfElementsIsTakenWhole(int count) {
    int[] codes =
        new Random(count).ints(count, 0, 16).map(code -> code == SIGN ? 0 : code).toArray();
    try (Scope scope = Scope.open()) {
      Tensor decoded = Fp4.decode(bytes(codes, count), DType.F32);

      assertThat(stored(Fp4.encode(decoded))).containsExactly(codes);
    }
  }

  @Test
  void elementsAreTakenInTheOrderOfTheirIndices() {
    try (Scope scope = Scope.open()) {
      Tensor transposed = Tensors.of(new float[] {0, .5f, 1, 1.5f, 2, 3}, 3, 2).t();

      Tensor codes = Fp4.encode(transposed);

      assertThat(codes.shape()).containsExactly(2, 3);
      assertThat(stored(codes)).containsExactly(0, 2, 4, 1, 3, 5);
      assertThat(Tensors.floats(Fp4.decode(codes.t(), DType.F32)))
          .containsExactly(0, .5f, 1, 1.5f, 2, 3);
    }
  }

  @Test
  void pairsLieInBytesAsTheReferencesDo() {
    try (Scope scope = Scope.open()) {
      // 0, 0.5, -1, 1.5, 2, -3, 4, -6, -0, 6
      Tensor codes_RC = bytes(new int[] {0, 1, 10, 3, 4, 13, 6, 15, 8, 7}, 1, 10);

      assertThat(stored(Fp4.pack(codes_RC))).containsExactly(0x10, 0x3a, 0xd4, 0xf6, 0x78);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "3, 6", "5, 10", "2, 16", "33, 130", "1, 9002"})
  void unpacksWhatItPacked(int rows, int columns) {
    int[] codes = new Random(rows).ints((long) rows * columns, 0, 16).toArray();
    try (Scope scope = Scope.open()) {
      Tensor packed = Fp4.pack(bytes(codes, rows, columns));

      assertThat(packed.shape()).containsExactly(rows, columns / 2);
      Tensor unpacked = Fp4.unpack(packed);
      assertThat(unpacked.shape()).containsExactly(rows, columns);
      assertThat(stored(unpacked)).containsExactly(codes);
    }
  }

  @Test
  void oddRowsHaveNoPairs() {
    try (Scope scope = Scope.open()) {
      Tensor codes_RC = bytes(new int[6], 2, 3);

      assertThatThrownBy(() -> Fp4.pack(codes_RC))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Codes of four bits are stored in pairs, and a row has 3");
    }
  }
}
