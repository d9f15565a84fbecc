/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.bytedeco.pytorch.Tensor;

/**
 * The largest magnitude of each group of elements. Without their sign, floats order as the integers
 * that their bits spell, and NaN above all: plain loops over these are several times faster than
 * PyTorch's reductions where groups are small.
 */
final class Magnitudes {
  private static final int MAGNITUDE_32 = 0x7fffffff;

  /** The magnitude of a 16-bit float in the upper half of an int. */
  private static final int MAGNITUDE_16 = 0x7fff0000;

  /** Ints that are reduced at a time: they stay in the first-level cache. */
  private static final int CHUNK = 4096;

  private Magnitudes() {}

  /**
   * The largest |x| over the last dimension, in the type of the elements. In the innermost scope.
   */
  static Tensor of(Tensor grouped) {
    try (Scope scope = Scope.open()) {
      Tensor contiguous = grouped.contiguous();
      int bits = Tensors.dtype(grouped).bits();
      long groupBits = grouped.size(grouped.dim() - 1) * bits;
      boolean wholeInts = bits <= Integer.SIZE && groupBits % Integer.SIZE == 0;
      if (!wholeInts || grouped.numel() == 0) {
        return scope.keep(contiguous.abs().amax(new long[] {-1}, false));
      }
      Tensor largest = contiguous.select(-1, 0).contiguous().clone();
      Reduction reduction =
          new Reduction(groupBits / Integer.SIZE, bits == Short.SIZE, Tensors.buffer(largest));
      Tensors.pieces(contiguous, (offset, piece) -> reduction.take(piece));
      return scope.keep(largest);
    }
  }

  /** Reduces groups of so many ints, one after another, from pieces of memory. */
  private static final class Reduction {
    private final int[] ints = new int[CHUNK];
    private final long groupInts;
    private final boolean halves;
    private final ByteBuffer out;
    private long seen;
    private int largest;

    Reduction(long groupInts, boolean halves, ByteBuffer out) {
      this.groupInts = groupInts;
      this.halves = halves;
      this.out = out.order(ByteOrder.nativeOrder());
    }

    void take(ByteBuffer piece) {
      IntBuffer in = piece.order(ByteOrder.nativeOrder()).asIntBuffer();
      while (in.hasRemaining()) {
        int count = Math.min(CHUNK, in.remaining());
        in.get(ints, 0, count);
        if (halves) {
          magnitudesOfHalves(ints, count);
        } else {
          magnitudes(ints, count);
        }
        for (int i = 0; i < count; ) {
          int end = (int) Math.min(count, i + groupInts - seen);
          largest = Math.max(largest, largest(ints, i, end));
          seen += end - i;
          i = end;
          if (seen == groupInts) {
            put(largest);
            seen = 0;
            largest = 0;
          }
        }
      }
    }

    private void put(int magnitude) {
      if (halves) {
        out.putShort((short) (magnitude >>> Short.SIZE));
      } else {
        out.putInt(magnitude);
      }
    }
  }

  // These loops are methods of their own so that the compiler vectorizes them.

  private static void magnitudes(int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      bits[i] = bits[i] & MAGNITUDE_32;
    }
  }

  /** The larger magnitude of the two 16-bit floats in each int, in its upper half. */
  private static void magnitudesOfHalves(int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      bits[i] = Math.max(bits[i] & MAGNITUDE_16, bits[i] << Short.SIZE & MAGNITUDE_16);
    }
  }

  /** Four chains of comparisons, since each must wait for the one before. */
  private static int largest(int[] magnitudes, int start, int end) {
    int a = 0;
    int b = 0;
    int c = 0;
    int d = 0;
    int i = start;
    for (; i + 4 <= end; i += 4) {
      a = Math.max(a, magnitudes[i]);
      b = Math.max(b, magnitudes[i + 1]);
      c = Math.max(c, magnitudes[i + 2]);
      d = Math.max(d, magnitudes[i + 3]);
    }
    for (; i < end; i++) {
      a = Math.max(a, magnitudes[i]);
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }
}
