/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MagnitudesTest {

  private static float[] naive(float[] values, int size) {
    float[] largest = new float[values.length / size];
    for (int i = 0; i < values.length; i++) {
      largest[i / size] = Math.max(largest[i / size], Math.abs(values[i]));
    }
    return largest;
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 1",
    "F32, 3",
    "F32, 16",
    "F32, 32",
    "F32, 129",
    "F32, 5000",
    "F32, 12288",
    "BF16, 1",
    "BF16, 2",
    "BF16, 7",
    "BF16, 16",
    "BF16, 32",
    "BF16, 5000",
    "BF16, 10000",
    "F16, 16",
    "F16, 33",
    "F16, 9000",
    "F64, 3",
    "F64, 16"
  })
  void eachGroupHasItsLargestMagnitude(DType dtype, int size) {
    for (int groups : new int[] {1, 2, 5, 300}) {
      try (Scope scope = Scope.open()) {
        Tensor grouped = Tensors.to(RandomTensors.normal(size + groups, groups, 1, size), dtype);

        Tensor found = Magnitudes.of(grouped);

        assertThat(Tensors.dtype(found)).isEqualTo(dtype);
        assertThat(found.shape()).containsExactly(groups, 1);
        assertThat(Tensors.floats(found)).containsExactly(naive(Tensors.floats(grouped), size));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "F16", "F64"})
  void whatIsNoNumberIsAboveAll(DType dtype) {
    try (Scope scope = Scope.open()) {
      float infinity = Float.NEGATIVE_INFINITY;
      Tensor grouped =
          Tensors.to(
              Tensors.of(
                  new float[] {1, Float.NaN, infinity, 2, 1, infinity, -0f, 0, -0f, 3, -4, 0},
                  4,
                  3),
              dtype);

      assertThat(Tensors.floats(Magnitudes.of(grouped)))
          .containsExactly(Float.NaN, Float.POSITIVE_INFINITY, 0, 4);
    }
  }

  @Test
  void elementsThatLieApartAreTakenByTheirIndices() {
    try (Scope scope = Scope.open()) {
      Tensor transposed = Tensors.of(new float[] {1, -2, 3, -4, 5, -6}, 3, 2).t();

      assertThat(Tensors.floats(Magnitudes.of(transposed))).containsExactly(5, 6);
    }
  }
}
