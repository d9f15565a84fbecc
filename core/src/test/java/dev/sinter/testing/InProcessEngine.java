/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.graph.Subgraph;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.task.ActivationFile;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedModule;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SubgraphTask;
import dev.sinter.task.SubgraphTask.KeyedPart;
import dev.sinter.task.Task;
import dev.sinter.task.TokenSlice;
import dev.sinter.task.UnitStatistics;
import dev.sinter.task.WeightCache;
import dev.sinter.task.WorkUnit;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs every task on the calling thread, one after another: what any other engine's bytes are
 * compared with.
 */
public final class InProcessEngine implements CalibrationEngine {
  /** For each slice its micro-batches. */
  private List<List<byte[]>> activations = List.of();

  /** Work that may fail as input and output do. */
  private interface Work<T> {
    T run() throws IOException;
  }

  private static <T> T unchecked(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void begin(RunContext run, List<TokenSlice> slices) {
    activations = slices.stream().map(slice -> unchecked(() -> slice.blocks(run))).toList();
  }

  @Override
  public void calibrate(
      RunContext run, Subgraph subgraph, List<InputUnit> units, Consumer<SolvedUnit> done) {
    SubgraphTask task = new SubgraphTask(run, subgraph, List.of());
    List<UnitStatistics> sums = new ArrayList<>();
    units.forEach(unit -> sums.add(new UnitStatistics(unit)));
    try {
      for (List<byte[]> slice : activations) {
        Iterator<KeyedPart> parts = unchecked(() -> task.sweep(slice.iterator(), units));
        parts.forEachRemaining(
            keyed -> sums.get(keyed.unit()).absorb(keyed.statistic(), keyed.part()));
      }
      for (int i = 0; i < units.size(); i++) {
        WorkUnit unit = units.get(i).work();
        UnitStatistics statistics = sums.get(i);
        done.accept(unchecked(() -> unit.run(run, statistics.byType())));
      }
    } finally {
      sums.forEach(UnitStatistics::close);
    }
  }

  @Override
  public void advance(RunContext run, Subgraph subgraph, List<SolvedModule> solved) {
    SubgraphTask task = new SubgraphTask(run, subgraph, solved);
    activations =
        activations.stream()
            .map(
                slice -> slice.stream().map(block -> unchecked(() -> task.advance(block))).toList())
            .toList();
  }

  @Override
  public List<String> checkpointActivations(RunContext run) {
    return activations.stream()
        .map(slice -> unchecked(() -> ActivationFile.write(run, slice.iterator())))
        .toList();
  }

  @Override
  public void restoreActivations(RunContext run, List<String> files) {
    activations = files.stream().map(file -> unchecked(() -> readAll(run, file))).toList();
  }

  private static List<byte[]> readAll(RunContext run, String file) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    try (ActivationFile.Blocks read = ActivationFile.read(run, file)) {
      read.forEachRemaining(blocks::add);
    }
    return blocks;
  }

  @Override
  public void settle(String what) {}

  @Override
  public <R extends Serializable> void run(
      String what,
      RunContext run,
      List<? extends Task<R>> tasks,
      Class<R> result,
      Consumer<? super R> done) {
    tasks.forEach(task -> done.accept(unchecked(() -> task.run(run))));
  }

  @Override
  public void close() {
    WeightCache.clear();
  }
}
