/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

/**
 * A piece of a summary: a tile of a matrix, at (row, column) in tiles, and the number of sequences
 * that went into it. The values belong to whoever holds the part.
 */
public final class Part {
  private final int row;
  private final int column;
  private final long sequences;
  private final float[] values;

  public Part(int row, int column, long sequences, float[] values) {
    this.row = row;
    this.column = column;
    this.sequences = sequences;
    this.values = values;
  }

  public int row() {
    return row;
  }

  public int column() {
    return column;
  }

  public long sequences() {
    return sequences;
  }

  public float[] values() {
    return values;
  }
}
