/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.util.Arrays;

/** Weights read whole and by blocks of rows, and the arithmetic of small floats in plain Java. */
final class Reading {
  private static final float[] E2M1 = {0, .5f, 1, 1.5f, 2, 3, 4, 6};

  private Reading() {}

  static float[] rows(Checkpoint checkpoint, WeightSource weight, long first, long count)
      throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(checkpoint.store())) {
      var read = weight.rows(reader, first, count);
      assertThat(Tensors.dtype(read)).isEqualTo(weight.dtype());
      assertThat(read.shape()).containsExactly(count, weight.columns());
      assertThat(read.is_contiguous()).isTrue();
      return Tensors.floats(read);
    }
  }

  static float[] whole(Checkpoint checkpoint, WeightSource weight) throws IOException {
    return rows(checkpoint, weight, 0, weight.rows());
  }

  /** Whole and in blocks of every allowed size a weight has these elements. */
  static void assertReads(Checkpoint checkpoint, WeightSource weight, float[] expected)
      throws IOException {
    assertThat(whole(checkpoint, weight)).isEqualTo(expected);
    int columns = (int) weight.columns();
    for (long step = weight.rowBlock(); step < weight.rows(); step += weight.rowBlock()) {
      for (long row = 0; row < weight.rows(); row += step) {
        long count = Math.min(step, weight.rows() - row);
        assertThat(rows(checkpoint, weight, row, count))
            .as("%d rows from %d on", count, row)
            .isEqualTo(
                Arrays.copyOfRange(expected, (int) row * columns, (int) (row + count) * columns));
      }
    }
  }

  static void assertReads(Checkpoint checkpoint, String module, float[] expected)
      throws IOException {
    assertReads(
        checkpoint, CheckpointWeights.of(checkpoint).modules().get(module).weight(), expected);
  }

  /** The float of eight bits with four of exponent and three of mantissa. */
  static float e4m3(byte code) {
    int exponent = code >> 3 & 0xf;
    int mantissa = code & 7;
    double magnitude =
        exponent == 0 ? mantissa * 0x1p-9 : (8 + mantissa) * Math.pow(2, exponent - 10);
    return (float) (code < 0 ? -magnitude : magnitude);
  }

  /** The float of four bits. */
  static float e2m1(int code) {
    return (code & 8) == 0 ? E2M1[code & 7] : -E2M1[code & 7];
  }

  /** Rounded to eight significant bits, ties to even. */
  static float bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
  }
}
