/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import org.apache.spark.Partitioner;

/** Each unit's parts meet in a partition of their own. */
final class UnitPartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int units;

  UnitPartitioner(int units) {
    this.units = units;
  }

  @Override
  public int numPartitions() {
    return units;
  }

  @Override
  public int getPartition(Object key) {
    return ((TileKey) key).unit();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnitPartitioner partitioner && partitioner.units == units;
  }

  @Override
  public int hashCode() {
    return units;
  }
}
