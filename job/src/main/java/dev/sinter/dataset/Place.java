/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * Where a row stands. Places order as rows do in their files, however Spark cuts these: blocks by
 * where they begin, rows by how many of the block stand before them.
 *
 * @param file the rank of the row's file among all by path
 * @param block where the part of the file begins that a task read
 * @param index how many rows of that part stand before it, blank ones counted
 */
public record Place(int file, long block, long index) implements Comparable<Place>, Serializable {
  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::file)
          .thenComparingLong(Place::block)
          .thenComparingLong(Place::index);

  /** Bytes that order, unsigned, as places do. */
  public byte[] key() {
    return ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES)
        .putInt(file)
        .putLong(block)
        .putLong(index)
        .array();
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
