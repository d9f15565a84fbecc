/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.pytorch.Tensor;

/**
 * The floats of four bits (e2m1): a sign and one of 0, 0.5, 1, 1.5, 2, 3, 4, 6. PyTorch has no
 * conversion to them, so plain loops over the bits of fp32 do it. Stored codes take a byte each,
 * the code in its low half; {@link #pack} puts two into one.
 */
final class Fp4 {
  private static final float[] VALUES = {0, .5f, 1, 1.5f, 2, 3, 4, 6};
  private static final int MAGNITUDE = 0x7fffffff;

  /** Loops over arrays of this size stay in the first-level cache. */
  private static final int CHUNK = 4096;

  private Fp4() {}

  /** The codes of values, nearest first and ties to the even code. In the innermost scope. */
  static Tensor encode(Tensor values) {
    try (Scope scope = Scope.open()) {
      Tensor wide = Tensors.to(values, DType.F32).contiguous();
      Tensor codes = Tensors.empty(DType.U8, Tensors.shape(values));
      IntBuffer bits = Tensors.buffer(wide).order(ByteOrder.nativeOrder()).asIntBuffer();
      ByteBuffer out = Tensors.buffer(codes).order(ByteOrder.LITTLE_ENDIAN);
      int[] chunk = new int[CHUNK];
      int at = 0;
      while (bits.hasRemaining()) {
        int count = Math.min(CHUNK, bits.remaining());
        bits.get(chunk, 0, count);
        codes(chunk, count);
        at = narrow(chunk, count, out, at);
      }
      return scope.keep(codes);
    }
  }

  /** A method of its own so that the compiler vectorizes the loop. */
  private static void codes(int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      bits[i] = code(bits[i]);
    }
  }

  /** Puts the low bytes of some numbers into a buffer, eight at a time; returns where it ends. */
  private static int narrow(int[] numbers, int count, ByteBuffer out, int start) {
    int i = 0;
    for (; i + Long.BYTES <= count; i += Long.BYTES) {
      int low = numbers[i] | numbers[i + 1] << 8 | numbers[i + 2] << 16 | numbers[i + 3] << 24;
      int high = numbers[i + 4] | numbers[i + 5] << 8 | numbers[i + 6] << 16 | numbers[i + 7] << 24;
      out.putLong(start + i, (low & 0xffffffffL) | (long) high << 32);
    }
    for (; i < count; i++) {
      out.put(start + i, (byte) numbers[i]);
    }
    return start + count;
  }

  /**
   * The code of an fp32 number from its bits: how many of the seven thresholds it passes. A tie at
   * a threshold goes to the even code, so the bounds of odd codes are one bit above the threshold
   * where the code below is even. Minus zero is zero; what rounds to zero keeps its sign.
   */
  private static int code(int bits) {
    int magnitude = bits & MAGNITUDE;
    int index =
        passes(magnitude, 0x3e800001) // above 0.25
            + passes(magnitude, 0x3f400000) // from 0.75
            + passes(magnitude, 0x3fa00001) // above 1.25
            + passes(magnitude, 0x3fe00000) // from 1.75
            + passes(magnitude, 0x40200001) // above 2.5
            + passes(magnitude, 0x40600000) // from 3.5
            + passes(magnitude, 0x40a00001); // above 5
    int sign = (bits >>> 31) & (-magnitude >>> 31);
    return sign << 3 | index;
  }

  /** 1 if a magnitude is at least the bound, else 0, without a branch. */
  private static int passes(int magnitude, int bound) {
    return (bound - 1 - magnitude) >>> 31;
  }

  /** The numbers of codes. In the innermost scope. */
  static Tensor decode(Tensor codes, DType dtype) {
    try (Scope scope = Scope.open()) {
      Tensor values = Tensors.empty(DType.F32, Tensors.shape(codes));
      ByteBuffer in = Tensors.buffer(codes.contiguous());
      FloatBuffer out = Tensors.buffer(values).order(ByteOrder.nativeOrder()).asFloatBuffer();
      float[] table = table();
      float[] chunk = new float[CHUNK];
      while (out.hasRemaining()) {
        int count = Math.min(CHUNK, out.remaining());
        for (int i = 0; i < count; i++) {
          chunk[i] = table[in.get() & 0xf];
        }
        out.put(chunk, 0, count);
      }
      return scope.keep(Tensors.to(values, dtype));
    }
  }

  private static float[] table() {
    float[] table = new float[2 * VALUES.length];
    for (int i = 0; i < VALUES.length; i++) {
      table[i] = VALUES[i];
      table[VALUES.length + i] = -VALUES[i];
    }
    return table;
  }

  /** Two codes in a byte, the one of the even column in the low half. In the innermost scope. */
  static Tensor pack(Tensor codes_RC) {
    long columns = codes_RC.size(1);
    if (columns % 2 != 0) {
      throw new IllegalArgumentException(
          "Codes of four bits are stored in pairs, and a row has " + columns);
    }
    Tensor packed = Tensors.empty(DType.U8, Shape.of(codes_RC.size(0), columns / 2));
    Nibbles.pack(Tensors.buffer(codes_RC), Tensors.buffer(packed));
    return packed;
  }

  /** The reverse of {@link #pack}. */
  static Tensor unpack(Tensor packed_RC) {
    Tensor codes = Tensors.empty(DType.U8, Shape.of(packed_RC.size(0), packed_RC.size(1) * 2));
    Nibbles.unpack(Tensors.buffer(packed_RC.contiguous()), Tensors.buffer(codes));
    return codes;
  }
}
