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
 * kept by an earlier attempt, and so no statistics, sweeps on its own; one that makes lost
 * micro-batches anew for a later step gathers none.
 */
final class SweptOnward {
  /** The local property that tells tasks which sweep their job is of. */
  static final String SWEEP = "sinter.sweep";

  /** By task attempt. */
  private static final Map<Long, SliceStatistics> LEFT = new ConcurrentHashMap<>();

  private SweptOnward() {}

  /**
   * The micro-batches that come out; behind the last, the statistics are left.
   *
   * @param sweep by which tasks know that their job wants the statistics
   */
  static Iterator<byte[]> pass(
      String sweep, SweepTask task, TaskClocks clocks, Iterator<byte[]> blocks) {
    TaskContext context = TaskContext.get();
    if (!sweep.equals(context.getLocalProperty(SWEEP))) {
      return SparkEngine.advanced(task.slices(), clocks, blocks);
    }
    SliceStatistics statistics =
        SparkEngine.closedWithTask(new SliceStatistics(task.observations()));
    long attempt = context.taskAttemptId();
    context.addTaskCompletionListener(
        ended -> {
          LEFT.remove(attempt);
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
          LEFT.put(attempt, statistics);
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
    long attempt = TaskContext.get().taskAttemptId();
    if (!LEFT.containsKey(attempt)) {
      // Not kept before this task asked for it, if Spark could not keep it at all.
      to.forEachRemaining(block -> {});
    }
    Optional<SliceStatistics> left = Optional.ofNullable(LEFT.remove(attempt));
    return left.isPresent() ? KeyedParts.of(left.get().parts(), clocks) : swept(task, clocks, from);
  }

  /** The parts of a slice's statistics, by a sweep. */
  static KeyedParts swept(SweepTask task, TaskClocks clocks, Iterator<byte[]> blocks) {
    TaskClocks.Waiting waiting = new TaskClocks.Waiting(blocks);
    Iterator<KeyedPart> parts = SparkEngine.closedWithTask(task.sweep(waiting));
    return KeyedParts.of(clocks.sweeping(waiting, parts), clocks);
  }
}
