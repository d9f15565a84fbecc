/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.RangeReader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors of a few numbers that are needed to plan, read without native memory. */
final class SmallTensors {
  private static final int MOST = 16;

  private SmallTensors() {}

  /** The numbers of a tensor of I64; none if it is anything else, or has many. */
  static long[] longs(FileStore store, TensorEntry entry) throws IOException {
    long count = entry.spec().shape().elements();
    if (entry.spec().dtype() != DType.I64 || count > MOST) {
      return new long[0];
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (RangeReader reader = store.open(entry.file())) {
      reader.readFully(entry.offset(), bytes);
    }
    long[] values = new long[(int) count];
    bytes.flip().asLongBuffer().get(values);
    return values;
  }
}
