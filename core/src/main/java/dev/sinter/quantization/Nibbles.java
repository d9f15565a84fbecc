/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Half bytes in pairs, the first of a pair in the low half: eight at a time where there are. */
final class Nibbles {
  private static final long LOW_HALVES = 0x0f0f0f0f0f0f0f0fL;

  private Nibbles() {}

  /** Packs the low halves of all bytes; their number must be even. */
  static void pack(ByteBuffer codes, ByteBuffer packed) {
    pack(codes, packed, 0);
  }

  /** Packs the low halves of all bytes after adding a number to each, without carry. */
  static void pack(ByteBuffer codes, ByteBuffer packed, int offset) {
    codes.order(ByteOrder.LITTLE_ENDIAN);
    packed.order(ByteOrder.LITTLE_ENDIAN);
    int count = codes.limit();
    long offsets = 0x0101010101010101L * offset;
    int i = 0;
    for (; i + Long.BYTES <= count; i += Long.BYTES) {
      // An offset below 16 on a low half carries at most into its own high half, which goes.
      long halves = ((codes.getLong(i) & LOW_HALVES) + offsets) & LOW_HALVES;
      halves = (halves | halves >>> 4) & 0x00ff00ff00ff00ffL;
      halves = (halves | halves >>> 8) & 0x0000ffff0000ffffL;
      packed.putInt(i / 2, (int) (halves | halves >>> 16));
    }
    for (; i < count; i += 2) {
      int low = (codes.get(i) + offset) & 0xf;
      int high = (codes.get(i + 1) + offset) & 0xf;
      packed.put(i / 2, (byte) (high << 4 | low));
    }
  }

  /** The reverse of {@link #pack(ByteBuffer, ByteBuffer)}. */
  static void unpack(ByteBuffer packed, ByteBuffer codes) {
    codes.order(ByteOrder.LITTLE_ENDIAN);
    packed.order(ByteOrder.LITTLE_ENDIAN);
    int count = packed.limit();
    int i = 0;
    for (; i + Integer.BYTES <= count; i += Integer.BYTES) {
      long halves = packed.getInt(i) & 0xffffffffL;
      halves = (halves | halves << 16) & 0x0000ffff0000ffffL;
      halves = (halves | halves << 8) & 0x00ff00ff00ff00ffL;
      codes.putLong(2 * i, (halves | halves << 4) & LOW_HALVES);
    }
    for (; i < count; i++) {
      codes.put(2 * i, (byte) (packed.get(i) & 0xf));
      codes.put(2 * i + 1, (byte) (packed.get(i) >> 4 & 0xf));
    }
  }
}
