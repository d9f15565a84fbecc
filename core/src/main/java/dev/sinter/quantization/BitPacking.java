/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Codes of 2 to 8 bits in 32-bit words, without gaps: element i of a lane takes the bits from i *
 * bits on of the lane's little-endian stream, as an unsigned number (the code plus half the range).
 * A lane is a row, or a column.
 */
final class BitPacking {
  private static final int WORD = 32;

  private BitPacking() {}

  /** The words that a lane of so many elements fills. */
  static long words(long elements, int bits) {
    return (elements * bits + WORD - 1) / WORD;
  }

  /**
   * Packs along each row: codes [rows, columns] into words [rows, words(columns)]. Rows of whole
   * words of four-bit codes have no ends to mind, and a faster way.
   */
  static void packRows(ByteBuffer codes, int rows, int columns, int bits, ByteBuffer words) {
    if (bits == 4 && columns % 8 == 0) {
      Nibbles.pack(codes, words, 1 << 3);
      return;
    }
    int wordsOfRow = (int) words(columns, bits);
    for (int row = 0; row < rows; row++) {
      packLane(codes, row * columns, 1, columns, bits, words, row * wordsOfRow, 1);
    }
  }

  /** Packs along each column: codes [rows, columns] into words [words(rows), columns]. */
  static void packColumns(ByteBuffer codes, int rows, int columns, int bits, ByteBuffer words) {
    for (int column = 0; column < columns; column++) {
      packLane(codes, column, columns, rows, bits, words, column, columns);
    }
  }

  private static void packLane(
      ByteBuffer codes,
      int start,
      int stride,
      int count,
      int bits,
      ByteBuffer words,
      int wordStart,
      int wordStride) {
    words.order(ByteOrder.LITTLE_ENDIAN);
    int offset = 1 << (bits - 1);
    int mask = (1 << bits) - 1;
    long pending = 0;
    int pendingBits = 0;
    int word = wordStart;
    for (int i = 0, at = start; i < count; i++, at += stride) {
      pending |= (long) ((codes.get(at) + offset) & mask) << pendingBits;
      pendingBits += bits;
      if (pendingBits >= WORD) {
        words.putInt(word * Integer.BYTES, (int) pending);
        word += wordStride;
        pending >>>= WORD;
        pendingBits -= WORD;
      }
    }
    if (pendingBits > 0) {
      words.putInt(word * Integer.BYTES, (int) pending);
    }
  }

  /** The reverse of {@link #packRows}. */
  static void unpackRows(ByteBuffer words, int rows, int columns, int bits, ByteBuffer codes) {
    int wordsOfRow = (int) words(columns, bits);
    for (int row = 0; row < rows; row++) {
      unpackLane(words, row * wordsOfRow, 1, columns, bits, codes, row * columns, 1);
    }
  }

  /** The reverse of {@link #packColumns}. */
  static void unpackColumns(ByteBuffer words, int rows, int columns, int bits, ByteBuffer codes) {
    for (int column = 0; column < columns; column++) {
      unpackLane(words, column, columns, rows, bits, codes, column, columns);
    }
  }

  private static void unpackLane(
      ByteBuffer words,
      int wordStart,
      int wordStride,
      int count,
      int bits,
      ByteBuffer codes,
      int start,
      int stride) {
    words.order(ByteOrder.LITTLE_ENDIAN);
    int offset = 1 << (bits - 1);
    int mask = (1 << bits) - 1;
    long pending = 0;
    int pendingBits = 0;
    int word = wordStart;
    for (int i = 0, at = start; i < count; i++, at += stride) {
      if (pendingBits < bits) {
        pending |= (words.getInt(word * Integer.BYTES) & 0xffffffffL) << pendingBits;
        word += wordStride;
        pendingBits += WORD;
      }
      codes.put(at, (byte) ((int) (pending & mask) - offset));
      pending >>>= bits;
      pendingBits -= bits;
    }
  }
}
