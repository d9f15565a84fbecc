/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.statistic.Part;
import dev.sinter.task.SliceStatistics.KeyedPart;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import scala.Tuple2;

/** The parts of a slice's statistics as the shuffle carries them. */
record KeyedParts(Iterator<KeyedPart> parts, int slice, TaskClocks clocks)
    implements Iterator<Tuple2<TileKey, TileValue>> {

  /** Those of the slice that the running task is about. */
  static KeyedParts of(Iterator<KeyedPart> parts, TaskClocks clocks) {
    return new KeyedParts(parts, TaskContext.getPartitionId(), clocks);
  }

  @Override
  public boolean hasNext() {
    return parts.hasNext();
  }

  @Override
  public Tuple2<TileKey, TileValue> next() {
    KeyedPart keyed = parts.next();
    Part part = keyed.part();
    clocks.sent((long) part.values().length * Float.BYTES);
    TileKey key =
        new TileKey(keyed.observation(), keyed.statistic(), part.row(), part.column(), slice);
    return new Tuple2<>(key, new TileValue(part.sequences(), part.values()));
  }
}
