/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.task.SliceStatistics;
import dev.sinter.task.SliceStatistics.KeyedPart;
import dev.sinter.task.SweepTask;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;
import scala.Tuple2;

/**
 * A slice that is swept and pushed on by one forward. Spark keeps the micro-batches that come out;
 * the statistics are left for the task in which that happened. A task that finds the micro-batches
 * kept by an earlier attempt, and so no statistics, sweeps on its own.
 */
final class SweptOnward {
  private static final Map<Key, SliceStatistics> LEFT = new ConcurrentHashMap<>();

  private SweptOnward() {}

  private record Key(long attempt, String subgraph) {
    static Key of(SweepTask task) {
      return new Key(TaskContext.get().taskAttemptId(), task.slices().subgraph().name());
    }
  }

  /** The micro-batches that come out; behind the last, the statistics are left. */
  static Iterator<byte[]> pass(SweepTask task, TaskClocks clocks, Iterator<byte[]> blocks) {
    SliceStatistics statistics =
        SparkEngine.closedWithTask(new SliceStatistics(task.observations()));
    Key key = Key.of(task);
    TaskContext.get()
        .addTaskCompletionListener(
            context -> {
              LEFT.remove(key);
            });
    TaskClocks.Waiting waiting = new TaskClocks.Waiting(blocks);
    Iterator<byte[]> made =
        clocks.sweeping(
            waiting, SparkEngine.closedWithTask(task.slices().advance(waiting, statistics)));
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        boolean more = made.hasNext();
        if (!more) {
          LEFT.put(key, statistics);
        }
        return more;
      }

      @Override
      public byte[] next() {
        return made.next();
      }
    };
  }

  /** The parts of a slice's statistics, from what came in and what went out. */
  static Iterator<Tuple2<TileKey, TileValue>> parts(
      SweepTask task, TaskClocks clocks, Iterator<byte[]> from, Iterator<byte[]> to) {
    to.forEachRemaining(block -> {});
    Optional<SliceStatistics> left = Optional.ofNullable(LEFT.remove(Key.of(task)));
    return left.isPresent() ? KeyedParts.of(left.get().parts(), clocks) : swept(task, clocks, from);
  }

  /** The parts of a slice's statistics, by a sweep. */
  static KeyedParts swept(SweepTask task, TaskClocks clocks, Iterator<byte[]> blocks) {
    TaskClocks.Waiting waiting = new TaskClocks.Waiting(blocks);
    Iterator<KeyedPart> parts = SparkEngine.closedWithTask(task.sweep(waiting));
    return KeyedParts.of(clocks.sweeping(waiting, parts), clocks);
  }
}
