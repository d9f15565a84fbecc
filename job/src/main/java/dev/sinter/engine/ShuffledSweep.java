/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.session.CalibrationEngine.Sweep;
import dev.sinter.statistic.Part;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SweepTask;
import dev.sinter.task.ValueWork;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * What slices gather, which a shuffle brings to the executors: the parts of each observation to one
 * task. The first run of units sweeps; later ones find the shuffle's files.
 */
final class ShuffledSweep implements Sweep {
  private final JavaSparkContext spark;
  private final String id;
  private final SweepTask task;
  private final JavaPairRDD<TileKey, TileValue> sorted;
  private final TaskClocks clocks;

  ShuffledSweep(
      JavaSparkContext spark,
      String id,
      SweepTask task,
      JavaPairRDD<TileKey, TileValue> parts,
      TaskClocks clocks) {
    this.spark = spark;
    this.id = id;
    this.task = task;
    this.clocks = clocks;
    this.sorted =
        parts.repartitionAndSortWithinPartitions(new ValuePartitioner(task.observations().size()));
  }

  @Override
  public void run(RunContext run, List<InputUnit> units, Consumer<SolvedUnit> done) {
    spark.setJobGroup(
        SparkEngine.JOB_GROUP, task.slices().subgraph().name() + ": sweep, reduce, solve");
    Map<Integer, List<InputUnit>> byValue = ObservedUnits.byPlace(task, units);
    RunContext slim = run.withoutParameters();
    SweepTask swept = task;
    TaskClocks timing = clocks;
    JavaRDD<byte[]> results =
        sorted.mapPartitions(
            tiles -> {
              int place = TaskContext.getPartitionId();
              return work(slim, swept.work(place, byValue.get(place)), timing, tiles);
            });
    spark.setLocalProperty(SweptOnward.SWEEP, id);
    try {
      StreamedJob.run(
          results,
          List.copyOf(byValue.keySet()),
          ObservedUnits.Solved.class,
          solved -> solved.units().forEach(done));
    } finally {
      spark.setLocalProperty(SweptOnward.SWEEP, null);
    }
  }

  private static Iterator<byte[]> work(
      RunContext run,
      ValueWork opened,
      TaskClocks clocks,
      Iterator<Tuple2<TileKey, TileValue>> tiles)
      throws IOException {
    try (ValueWork work = opened) {
      long start = System.nanoTime();
      while (tiles.hasNext()) {
        Tuple2<TileKey, TileValue> tile = tiles.next();
        TileKey key = tile._1();
        Part part = new Part(key.row(), key.column(), tile._2().sequences(), tile._2().values());
        work.absorb(key.slice(), key.statistic(), part);
      }
      clocks.reduced(start);
      return List.of(Wire.encode(new ObservedUnits.Solved(work.run(run)))).iterator();
    }
  }

  /** The tiles of a layer are many times its weights: they need not wait for a collection. */
  @Override
  public void close() {
    sorted.rdd().cleanShuffleDependencies(/* blocking= */ false);
  }
}
