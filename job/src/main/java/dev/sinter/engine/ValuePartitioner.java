/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import org.apache.spark.Partitioner;

/** Each unit's parts meet in a partition of their own. */
final class ValuePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int values;

  ValuePartitioner(int values) {
    this.values = values;
  }

  @Override
  public int numPartitions() {
    return values;
  }

  @Override
  public int getPartition(Object key) {
    return ((TileKey) key).value();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValuePartitioner partitioner && partitioner.values == values;
  }

  @Override
  public int hashCode() {
    return values;
  }
}
