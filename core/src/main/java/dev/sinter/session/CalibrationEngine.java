/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.graph.Subgraph;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedModule;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SweepTask;
import dev.sinter.task.Task;
import dev.sinter.task.TokenSlice;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs tasks. An engine decides where a task runs and how its data gets there; it holds no
 * arithmetic and knows no method. Results are handed over one by one, as they are done, on the
 * caller's thread or one at a time.
 */
public interface CalibrationEngine extends AutoCloseable {

  /** Starts a calibration: the activations are the token ids of the slices. */
  void begin(RunContext run, List<TokenSlice> slices);

  /**
   * Runs the activations through a subgraph and gathers what the task says. May wait until it is
   * asked for.
   */
  Sweep sweep(SweepTask task, Onward onward);

  /** Where the activations are behind a sweep. */
  enum Onward {
    /** Where they were: {@link #advance} pushes them on. */
    STAY,
    /** What the swept subgraph puts out: they are the inputs of the next. */
    ADVANCE
  }

  /** What was gathered: the parts of each observation meet, in the order of the slices. */
  interface Sweep extends AutoCloseable {

    /** Does the work of units of observed values; may be called several times. */
    void run(RunContext run, List<InputUnit> units, Consumer<SolvedUnit> done);

    @Override
    void close();
  }

  /**
   * Pushes the activations through a subgraph with its solved modules; they become the inputs of
   * the next.
   */
  void advance(RunContext run, Subgraph subgraph, List<SolvedModule> solved);

  /**
   * Writes the activations into the workspace and goes on from there.
   *
   * @return for each slice, in order, the file that holds its activations
   */
  List<String> checkpointActivations(RunContext run);

  /** Goes on from activations that an earlier run wrote. */
  void restoreActivations(RunContext run, List<String> files);

  /**
   * Computes the activations now, so that the steps that follow need not compute them again.
   *
   * @param what what this is, for people who watch the engine
   */
  void settle(String what);

  /** Runs tasks that stand alone, anywhere and in any order. */
  <R extends Serializable> void run(
      String what,
      RunContext run,
      List<? extends Task<R>> tasks,
      Class<R> result,
      Consumer<? super R> done);

  /** What tasks of sweeps and advances have taken so far. */
  Effort effort();

  /** How many tasks can run at once. */
  int slots();

  @Override
  void close();
}
