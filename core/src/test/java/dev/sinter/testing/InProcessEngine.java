/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.graph.Subgraph;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Effort;
import dev.sinter.task.ActivationFile;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SliceAdvance;
import dev.sinter.task.SliceStatistics;
import dev.sinter.task.SliceStatistics.KeyedPart;
import dev.sinter.task.SliceSweep;
import dev.sinter.task.SolvedModule;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SubgraphTask;
import dev.sinter.task.SweepTask;
import dev.sinter.task.Task;
import dev.sinter.task.TokenSlice;
import dev.sinter.task.ValueWork;
import dev.sinter.task.WeightCache;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Runs every task on the calling thread, one after another: what any other engine's bytes are
 * compared with.
 */
public final class InProcessEngine implements CalibrationEngine {
  private final UnaryOperator<SweepTask> change;

  public InProcessEngine() {
    this(UnaryOperator.identity());
  }

  /** With sweeps that are changed before they are run. */
  public InProcessEngine(UnaryOperator<SweepTask> change) {
    this.change = change;
  }

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
  public Sweep sweep(SweepTask given, Onward onward) {
    SweepTask task = change.apply(given);
    List<List<byte[]>> passed = new ArrayList<>();
    List<List<KeyedPart>> parts = new ArrayList<>();
    for (List<byte[]> slice : activations) {
      List<KeyedPart> ofSlice = new ArrayList<>();
      if (onward == Onward.ADVANCE) {
        try (SliceStatistics statistics = new SliceStatistics(task.observations())) {
          passed.add(advanced(task.slices(), slice, statistics));
          statistics.parts().forEachRemaining(ofSlice::add);
        }
      } else {
        passed.add(slice);
        try (SliceSweep sweep = task.sweep(slice.iterator())) {
          sweep.forEachRemaining(ofSlice::add);
        }
      }
      parts.add(ofSlice);
    }
    activations = passed;
    return new Swept(task, parts);
  }

  private static List<byte[]> advanced(
      SubgraphTask task, List<byte[]> slice, SliceStatistics statistics) {
    List<byte[]> out = new ArrayList<>();
    try (SliceAdvance advance = task.advance(slice.iterator(), statistics)) {
      advance.forEachRemaining(out::add);
    }
    return out;
  }

  /** What each slice gave. */
  private record Swept(SweepTask task, List<List<KeyedPart>> parts) implements Sweep {
    @Override
    public void run(RunContext run, List<InputUnit> units, Consumer<SolvedUnit> done) {
      for (int i = 0; i < task.observations().size(); i++) {
        int place = i;
        List<InputUnit> some = units.stream().filter(unit -> task.place(unit) == place).toList();
        if (!some.isEmpty()) {
          run(run, place, some).forEach(done);
        }
      }
    }

    private List<SolvedUnit> run(RunContext run, int place, List<InputUnit> units) {
      try (ValueWork work = task.work(place, units)) {
        return unchecked(
            () -> {
              for (int slice = 0; slice < parts.size(); slice++) {
                for (KeyedPart keyed : parts.get(slice)) {
                  if (keyed.observation() == place) {
                    work.absorb(slice, keyed.statistic(), keyed.part());
                  }
                }
              }
              return work.run(run);
            });
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public void advance(RunContext run, Subgraph subgraph, List<SolvedModule> solved) {
    SubgraphTask task = new SubgraphTask(run, subgraph, solved);
    activations =
        activations.stream()
            .map(slice -> advanced(task, slice, new SliceStatistics(List.of())))
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
  public Effort effort() {
    return Effort.NONE;
  }

  @Override
  public int slots() {
    return 1;
  }

  @Override
  public void close() {
    WeightCache.clear();
  }
}
