/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Values to the nearest float of eight bits (e4m3). PyTorch converts one element at a time; of the
 * bfloat16 numbers there are so few that a table of its own results is faster.
 */
final class Fp8 {
  private static final double MAX = 448;
  private static final int CHUNK = 8192;

  private Fp8() {}

  /**
   * The nearest codes; what lies beyond the largest becomes the largest. In the innermost scope.
   */
  static Tensor encode(Tensor values) {
    try (Scope scope = Scope.open()) {
      if (Tensors.dtype(values) != DType.BF16) {
        return scope.keep(Tensors.to(Tensors.clamp(values, -MAX, MAX), DType.F8_E4M3));
      }
      Tensor contiguous = values.contiguous();
      Tensor codes = Tensors.empty(DType.F8_E4M3, Tensors.shape(values));
      ShortBuffer in = Tensors.buffer(contiguous).order(ByteOrder.nativeOrder()).asShortBuffer();
      ByteBuffer out = Tensors.buffer(codes);
      short[] numbers = new short[CHUNK];
      byte[] chunk = new byte[CHUNK];
      while (in.hasRemaining()) {
        int count = Math.min(CHUNK, in.remaining());
        in.get(numbers, 0, count);
        look(numbers, chunk, count);
        out.put(chunk, 0, count);
      }
      return scope.keep(codes);
    }
  }

  private static void look(short[] numbers, byte[] codes, int count) {
    byte[] table = Table.CODES;
    for (int i = 0; i < count; i++) {
      codes[i] = table[numbers[i] & 0xffff];
    }
  }

  /** The code of each bfloat16 number, by its bits. */
  private static final class Table {
    static final byte[] CODES = codes();

    private Table() {}

    private static byte[] codes() {
      try (Scope scope = Scope.open()) {
        Tensor bits = Tensors.to(torch.arange(new Scalar(1 << Short.SIZE)), DType.I16);
        Tensor numbers = bits.view(DType.BF16.scalarType());
        Tensor codes = Tensors.to(Tensors.clamp(numbers, -MAX, MAX), DType.F8_E4M3);
        byte[] table = new byte[1 << Short.SIZE];
        Tensors.buffer(codes).get(table);
        return table;
      }
    }
  }
}
