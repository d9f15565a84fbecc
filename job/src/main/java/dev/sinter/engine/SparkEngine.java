/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.graph.Subgraph;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Effort;
import dev.sinter.task.ActivationFile;
import dev.sinter.task.RunContext;
import dev.sinter.task.SliceStatistics;
import dev.sinter.task.SolvedModule;
import dev.sinter.task.SubgraphTask;
import dev.sinter.task.SweepTask;
import dev.sinter.task.Task;
import dev.sinter.task.TokenSlice;
import dev.sinter.task.WeightCache;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs tasks on Spark. The activations are a dataset with a partition for each slice, kept by the
 * executors, usually on their disks; a lost partition is computed anew from the last activations
 * that were written to the workspace, through the modules committed since, and so nothing since
 * then is dropped.
 */
public final class SparkEngine implements CalibrationEngine {
  static final String JOB_GROUP = "sinter";

  private final JavaSparkContext spark;
  private final EngineSettings settings;
  private final List<JavaRDD<byte[]>> kept = new ArrayList<>();
  private final TaskClocks clocks;
  private JavaRDD<byte[]> activations;

  public SparkEngine(JavaSparkContext spark) {
    this.spark = spark;
    this.settings = EngineSettings.of(spark.getConf());
    this.clocks = new TaskClocks(spark.sc());
    this.activations = spark.emptyRDD();
  }

  @Override
  public void begin(RunContext run, List<TokenSlice> slices) {
    RunContext slim = run.withoutParameters();
    startFrom(
        Wire.distribute(spark, slices)
            .flatMap(slice -> Wire.decode(slice, TokenSlice.class).blocks(slim).iterator()));
  }

  @Override
  public Sweep sweep(SweepTask asked, Onward onward) {
    SweepTask task = asked.inPiecesOf(settings.pieceBytes());
    JavaRDD<byte[]> before = activations;
    TaskClocks timing = clocks;
    String id = task.slices().run().runId() + "|" + task.slices().subgraph().name();
    JavaPairRDD<TileKey, TileValue> parts;
    if (onward == Onward.ADVANCE) {
      activations =
          before
              .mapPartitions(blocks -> SweptOnward.pass(id, task, timing, blocks))
              .persist(settings.activations());
      kept.add(activations);
      parts =
          before
              .zipPartitions(activations, (from, to) -> SweptOnward.parts(task, timing, from, to))
              .mapToPair(part -> part);
    } else {
      parts = before.mapPartitionsToPair(blocks -> SweptOnward.swept(task, timing, blocks));
    }
    // Tokens of experts travel to their tasks whatever the setting is: they are not added up.
    return settings.reduce() == EngineSettings.Reduce.DRIVER && !task.movesTokens()
        ? new DriverSweep(spark, id, task, parts, clocks)
        : new ShuffledSweep(spark, id, task, parts, clocks);
  }

  @Override
  public void advance(RunContext run, Subgraph subgraph, List<SolvedModule> solved) {
    SubgraphTask task = new SubgraphTask(run, subgraph, solved, settings.pieceBytes());
    TaskClocks timing = clocks;
    activations =
        activations
            .mapPartitions(blocks -> advanced(task, timing, blocks))
            .persist(settings.activations());
    kept.add(activations);
  }

  static Iterator<byte[]> advanced(SubgraphTask task, TaskClocks clocks, Iterator<byte[]> blocks) {
    TaskClocks.Waiting waiting = new TaskClocks.Waiting(blocks);
    SliceStatistics none = new SliceStatistics(List.of());
    return clocks.advancing(waiting, closedWithTask(task.advance(waiting, none)));
  }

  @Override
  public List<String> checkpointActivations(RunContext run) {
    describe("save the activations");
    RunContext slim = run.withoutParameters();
    List<String> files =
        activations
            .mapPartitions(blocks -> List.of(ActivationFile.write(slim, blocks)).iterator())
            .collect();
    restoreActivations(run, files);
    return files;
  }

  @Override
  public void restoreActivations(RunContext run, List<String> files) {
    RunContext slim = run.withoutParameters();
    startFrom(
        Wire.distribute(spark, files)
            .flatMap(
                file ->
                    closedWithTask(ActivationFile.read(slim, Wire.decode(file, String.class)))));
  }

  /**
   * Closes what a task holds when it ends, also when it is killed or fails before it has read all.
   */
  static <T extends AutoCloseable> T closedWithTask(T held) {
    TaskContext.get()
        .addTaskCompletionListener(
            context -> {
              try {
                held.close();
              } catch (Exception e) {
                throw new IllegalStateException("Cannot let go of what a task held", e);
              }
            });
    return held;
  }

  /** Starts a lineage; what an earlier one kept is let go. */
  private void startFrom(JavaRDD<byte[]> fresh) {
    kept.forEach(rdd -> rdd.unpersist(/* blocking= */ false));
    kept.clear();
    activations = fresh;
  }

  /**
   * What was kept of earlier steps is let go: a lost partition is then computed anew from the last
   * activations that were written.
   */
  @Override
  public void settle(String what) {
    describe(what);
    activations.foreachPartition(blocks -> blocks.forEachRemaining(block -> {}));
    while (kept.size() > 1) {
      kept.remove(0).unpersist(/* blocking= */ false);
    }
  }

  @Override
  public <R extends Serializable> void run(
      String what,
      RunContext run,
      List<? extends Task<R>> tasks,
      Class<R> result,
      Consumer<? super R> done) {
    describe(what);
    RunContext slim = run.withoutParameters();
    StreamedJob.run(
        Wire.distribute(spark, tasks).map(task -> Wire.encode(decodedTask(task).run(slim))),
        result,
        done);
  }

  private static Task<?> decodedTask(byte[] bytes) {
    return Wire.decode(bytes, Task.class);
  }

  @Override
  public Effort effort() {
    return clocks.effort();
  }

  @Override
  public int slots() {
    return spark.defaultParallelism();
  }

  private void describe(String what) {
    spark.setJobGroup(JOB_GROUP, what);
  }

  @Override
  public void close() {
    startFrom(spark.emptyRDD());
    spark.clearJobGroup();
    // In local mode the executor is this JVM.
    WeightCache.clear();
  }
}
