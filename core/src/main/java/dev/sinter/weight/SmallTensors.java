/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.RangeReader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Small tensors that are needed to plan, read without native memory. */
final class SmallTensors {
  /** A group index has a number for each column, a zero point for each group: a few megabytes. */
  private static final int MOST_BYTES = 64 << 20;

  private SmallTensors() {}

  /** The whole numbers of a tensor of I64 or I32; none if it is anything else, or too large. */
  static long[] integers(FileStore store, TensorEntry entry) throws IOException {
    DType dtype = entry.spec().dtype();
    if ((dtype != DType.I64 && dtype != DType.I32) || entry.spec().bytes() > MOST_BYTES) {
      return new long[0];
    }
    ByteBuffer bytes = bytes(store, entry);
    long[] values = new long[(int) entry.spec().shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype == DType.I64 ? bytes.getLong() : bytes.getInt();
    }
    return values;
  }

  /** Whether every bit of a tensor is zero; false if it is too large to look. */
  static boolean isZero(FileStore store, TensorEntry entry) throws IOException {
    if (entry.spec().bytes() > MOST_BYTES) {
      return false;
    }
    ByteBuffer bytes = bytes(store, entry);
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer bytes(FileStore store, TensorEntry entry) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) entry.spec().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    try (RangeReader reader = store.open(entry.file())) {
      reader.readFully(entry.offset(), bytes);
    }
    return bytes.flip();
  }
}
