/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.problem.RequestException;
import dev.sinter.session.CalibrationEngine.Sweep;
import dev.sinter.statistic.Part;
import dev.sinter.task.InputUnit;
import dev.sinter.task.Observation;
import dev.sinter.task.RunContext;
import dev.sinter.task.SliceStatistics;
import dev.sinter.task.SliceStatistics.KeyedPart;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SweepTask;
import dev.sinter.task.ValueWork;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Statistics that the driver adds up, in the order of the slices, and sends to the tasks that work
 * with them. Nothing is shuffled; what a subgraph's slices gathered passes through the driver.
 */
final class DriverSweep implements Sweep {
  private final JavaSparkContext spark;
  private final String id;
  private final String name;
  private final SweepTask task;
  private final List<Observation> observations;
  private final JavaPairRDD<TileKey, TileValue> parts;
  private final TaskClocks clocks;
  private Optional<List<Broadcast<byte[]>>> sums = Optional.empty();

  DriverSweep(
      JavaSparkContext spark,
      String id,
      SweepTask task,
      JavaPairRDD<TileKey, TileValue> parts,
      TaskClocks clocks) {
    this.spark = spark;
    this.id = id;
    this.name = task.slices().subgraph().name();
    this.task = task;
    this.observations = task.observations();
    this.parts = parts;
    this.clocks = clocks;
  }

  /** A part on its way to the driver, or from there. */
  private record Tile(TileKey key, TileValue value) implements Serializable {
    static Tile of(Tuple2<TileKey, TileValue> part) {
      return new Tile(part._1(), part._2());
    }

    static Tile of(KeyedPart keyed) {
      Part part = keyed.part();
      return new Tile(
          new TileKey(keyed.observation(), keyed.statistic(), part.row(), part.column(), 0),
          new TileValue(part.sequences(), part.values()));
    }

    Part part() {
      return new Part(key.row(), key.column(), value.sequences(), value.values());
    }
  }

  private record Tiles(int slice, ArrayList<Tile> tiles) implements Serializable {}

  /** Work on one value. */
  private record Work(int place, Observation observation, List<InputUnit> units)
      implements Serializable {
    ObservedUnits.Solved run(RunContext run, byte[] sum) throws IOException {
      try (ValueWork work = ValueWork.of(observation, units)) {
        for (Tile tile : Wire.decode(sum, Tiles.class).tiles()) {
          work.absorb(/* slice= */ 0, tile.key().statistic(), tile.part());
        }
        return new ObservedUnits.Solved(work.run(run));
      }
    }
  }

  @Override
  public void run(RunContext run, List<InputUnit> units, Consumer<SolvedUnit> done) {
    RunContext slim = run.withoutParameters();
    if (sums.isEmpty()) {
      sums = Optional.of(addUp(slim));
    }
    List<Broadcast<byte[]>> sent = sums.get();
    List<Work> tasks = new ArrayList<>();
    ObservedUnits.byPlace(task, units)
        .forEach((place, some) -> tasks.add(new Work(place, observations.get(place), some)));
    spark.setJobGroup(SparkEngine.JOB_GROUP, name + ": solve");
    JavaRDD<byte[]> results =
        Wire.distribute(spark, tasks)
            .map(
                bytes -> {
                  Work work = Wire.decode(bytes, Work.class);
                  return Wire.encode(work.run(slim, sent.get(work.place()).value()));
                });
    StreamedJob.run(results, ObservedUnits.Solved.class, solved -> solved.units().forEach(done));
  }

  private List<Broadcast<byte[]>> addUp(RunContext run) {
    spark.setJobGroup(SparkEngine.JOB_GROUP, name + ": sweep, reduce on the driver");
    spark.setLocalProperty(SweptOnward.SWEEP, id);
    JavaRDD<byte[]> slices = parts.mapPartitions(DriverSweep::collected);
    run.enterTask();
    try (SliceStatistics sum = new SliceStatistics(observations)) {
      SlicesInOrder inOrder = new SlicesInOrder(sum, clocks);
      StreamedJob.run(slices, Tiles.class, inOrder::arrived);
      return sent(sum);
    } catch (IllegalStateException e) {
      if (String.valueOf(e.getMessage()).contains("spark.driver.maxResultSize")) {
        throw new RequestException(
            "spark.sinter.reduce=driver brings the statistics of "
                + name
                + " to the driver, and they are more than it takes ("
                + e.getMessage().lines().findFirst().orElseThrow()
                + "). Leave that setting out, or raise spark.driver.maxResultSize",
            e);
      }
      throw e;
    } finally {
      spark.setLocalProperty(SweptOnward.SWEEP, null);
    }
  }

  private static Iterator<byte[]> collected(Iterator<Tuple2<TileKey, TileValue>> parts) {
    ArrayList<Tile> tiles = new ArrayList<>();
    parts.forEachRemaining(part -> tiles.add(Tile.of(part)));
    return List.of(Wire.encode(new Tiles(TaskContext.getPartitionId(), tiles))).iterator();
  }

  /** What each value came to, as tasks will ask for it. */
  private List<Broadcast<byte[]>> sent(SliceStatistics sum) {
    List<ArrayList<Tile>> byPlace = new ArrayList<>();
    observations.forEach(observation -> byPlace.add(new ArrayList<>()));
    sum.parts().forEachRemaining(part -> byPlace.get(part.observation()).add(Tile.of(part)));
    List<Broadcast<byte[]>> sent = new ArrayList<>();
    for (ArrayList<Tile> tiles : byPlace) {
      sent.add(spark.broadcast(Wire.encode(new Tiles(0, tiles))));
    }
    return List.copyOf(sent);
  }

  /** Adds slices up in their order, whenever they come. */
  private static final class SlicesInOrder {
    private final SliceStatistics sum;
    private final TaskClocks clocks;
    private final Map<Integer, Tiles> early = new HashMap<>();
    private int next;

    SlicesInOrder(SliceStatistics sum, TaskClocks clocks) {
      this.sum = sum;
      this.clocks = clocks;
    }

    void arrived(Tiles slice) {
      long start = System.nanoTime();
      early.put(slice.slice(), slice);
      for (Tiles now = early.remove(next); now != null; now = early.remove(next)) {
        for (Tile tile : now.tiles()) {
          TileKey key = tile.key();
          sum.absorb(new KeyedPart(key.value(), key.statistic(), tile.part()));
        }
        next++;
      }
      clocks.reduced(start);
    }
  }

  @Override
  public void close() {
    sums.ifPresent(sent -> sent.forEach(Broadcast::destroy));
    sums = Optional.empty();
  }
}
