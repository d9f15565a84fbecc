/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import java.io.Serializable;
import java.util.Comparator;

/**
 * Where a part of a statistic belongs: the value that it is of, the statistic, the slice that it
 * comes from, and the tile. In this order parts of each tile add up in the order of the slices, and
 * rows come as the slices ran through them. A plain class, since the serializers that users
 * configure do not all know records.
 */
final class TileKey implements Comparable<TileKey>, Serializable {
  private static final long serialVersionUID = 1L;
  private static final Comparator<TileKey> ORDER =
      Comparator.comparingInt((TileKey key) -> key.value)
          .thenComparingInt(key -> key.statistic)
          .thenComparingInt(key -> key.slice)
          .thenComparingInt(key -> key.row)
          .thenComparingInt(key -> key.column);

  private final int value;
  private final int statistic;
  private final int row;
  private final int column;
  private final int slice;

  TileKey(int value, int statistic, int row, int column, int slice) {
    this.value = value;
    this.statistic = statistic;
    this.row = row;
    this.column = column;
    this.slice = slice;
  }

  int value() {
    return value;
  }

  int statistic() {
    return statistic;
  }

  int slice() {
    return slice;
  }

  int row() {
    return row;
  }

  int column() {
    return column;
  }

  @Override
  public int compareTo(TileKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TileKey key && compareTo(key) == 0;
  }

  @Override
  public int hashCode() {
    return java.util.Objects.hash(value, statistic, row, column, slice);
  }
}
