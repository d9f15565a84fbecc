/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.graph.Value;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.plan.ExpertTraffic;
import dev.sinter.plan.ModulePlan;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.CalibrationEngine.Onward;
import dev.sinter.session.CalibrationEngine.Sweep;
import dev.sinter.session.Workspace;
import dev.sinter.task.InputScaling;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SmoothUnit;
import dev.sinter.task.SolveUnit;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SweepTask;
import dev.sinter.task.WorkUnit;
import dev.sinter.weight.Factors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Does the work of one step: method after method smooths, what they leave is solved, and the
 * activations are pushed on. One sweep serves all where statistics follow what is smoothed; else
 * each method, and what is solved, has one of its own.
 */
final class StepRun {
  private final Step step;
  private final RunContext run;
  private final CalibrationEngine engine;
  private final Workspace workspace;
  private final Rescalings rescalings;
  private final Propagation propagation;
  private final ExpertTraffic traffic;
  private final Map<String, SolvedUnit> done;
  private final Consumer<SolvedUnit> commit;
  private final Map<Value, List<InputScaling>> scalings = new HashMap<>();

  StepRun(
      Step step,
      RunContext run,
      CalibrationEngine engine,
      Workspace workspace,
      Rescalings rescalings,
      Propagation propagation,
      ExpertTraffic traffic,
      Map<String, SolvedUnit> done,
      Consumer<SolvedUnit> commit) {
    this.step = step;
    this.run = run;
    this.engine = engine;
    this.workspace = workspace;
    this.rescalings = rescalings;
    this.propagation = propagation;
    this.traffic = traffic;
    this.done = done;
    this.commit = commit.andThen(unit -> done.put(unit.id(), unit));
  }

  /** Takes over what an earlier run has smoothed here, when the activations are behind already. */
  void takeOver() throws IOException {
    for (List<Step.Smoothing> method : step.methods()) {
      addFactors(method);
    }
  }

  /** What becomes of the activations behind a step. */
  enum Behind {
    /** Nothing: it is the last. */
    NOTHING,
    /** They go on as the sweep has them; smoothing alone does not change what they are. */
    AS_SWEPT,
    /** They go on through what was solved. */
    AS_SOLVED
  }

  void run(Behind behind) throws IOException {
    RunContext before = rescalings.apply(run);
    Onward onward = behind == Behind.AS_SWEPT ? Onward.ADVANCE : Onward.STAY;
    boolean advanced = step.work().isSweptOnce() ? sweepOnce(onward) : sweepForEach(onward);
    if (behind == Behind.AS_SOLVED) {
      Propagation.Seen seen =
          propagation.of(rescalings.apply(run), step.subgraph(), solving(), done);
      engine.advance(seen.run(), step.subgraph(), seen.modules());
    } else if (behind == Behind.AS_SWEPT && !advanced) {
      // Just as a sweep of what an earlier run has committed did, to the bit.
      RunContext asSwept = step.work().isSweptOnce() ? before : rescalings.apply(run);
      engine.advance(asSwept, step.subgraph(), List.of());
    }
  }

  /** Returns whether the sweep has pushed the activations on. */
  private boolean sweepOnce(Onward onward) throws IOException {
    List<InputUnit> all = new ArrayList<>();
    step.methods().forEach(method -> all.addAll(smoothing(method)));
    all.addAll(solving());
    List<InputUnit> open = open(all);
    if (open.isEmpty()) {
      takeOver();
      return false;
    }
    SweepTask task = sweepTask(open);
    Onward how = how(task, onward);
    try (Sweep sweep = engine.sweep(task, how)) {
      for (List<Step.Smoothing> method : step.methods()) {
        runOpen(sweep, smoothing(method));
        addFactors(method);
      }
      runOpen(sweep, solving());
    }
    return how == Onward.ADVANCE;
  }

  private SweepTask sweepTask(List<InputUnit> open) {
    return SweepTask.of(rescalings.apply(run), step.subgraph(), open, traffic);
  }

  /**
   * Slices that hand tokens to experts do not run the experts, and so they put nothing out. Those
   * that run piece by piece are done with a piece's statistics before the next one's are made.
   */
  private static Onward how(SweepTask task, Onward wanted) {
    return task.movesTokens() || !task.runsWhole() ? Onward.STAY : wanted;
  }

  /** Returns whether the sweep for what is solved has pushed the activations on. */
  private boolean sweepForEach(Onward onward) throws IOException {
    for (List<Step.Smoothing> method : step.methods()) {
      sweepFor(smoothing(method), Onward.STAY);
      addFactors(method);
      scalings.clear();
    }
    return sweepFor(solving(), onward);
  }

  private boolean sweepFor(List<InputUnit> units, Onward onward) {
    List<InputUnit> open = open(units);
    if (open.isEmpty()) {
      return false;
    }
    SweepTask task = sweepTask(open);
    Onward how = how(task, onward);
    try (Sweep sweep = engine.sweep(task, how)) {
      runOpen(sweep, open);
    }
    return how == Onward.ADVANCE;
  }

  private void runOpen(Sweep sweep, List<InputUnit> units) {
    List<InputUnit> open = open(units);
    if (!open.isEmpty()) {
      sweep.run(rescalings.apply(run), open, commit);
    }
  }

  private List<InputUnit> open(List<InputUnit> units) {
    return units.stream().filter(unit -> !done.containsKey(unit.work().id())).toList();
  }

  private List<InputUnit> smoothing(List<Step.Smoothing> method) {
    List<InputUnit> units = new ArrayList<>();
    for (Step.Smoothing pair : method) {
      SmoothUnit work = new SmoothUnit(pair.id(), pair.what().plan());
      units.add(unit(pair.what().value(), work.reading(rescalings::applyTo)));
    }
    return units;
  }

  /** What is solved, of weights as they are now. */
  private List<InputUnit> solving() {
    List<InputUnit> units = new ArrayList<>();
    for (Value value : step.inputs()) {
      CalibrationStep.Solved solved = step.work().byValue().get(value);
      List<ModulePlan> modules = solved.modules().stream().map(rescalings::apply).toList();
      String id = step.solveId(units.size());
      units.add(unit(value, new SolveUnit(id, modules, solved.activations())));
    }
    return units;
  }

  private InputUnit unit(Value value, WorkUnit work) {
    return new InputUnit(value, scalings.getOrDefault(value, List.of()), work);
  }

  private void addFactors(List<Step.Smoothing> method) throws IOException {
    for (Step.Smoothing pair : method) {
      Factors factors = workspace.factors(done.get(pair.id()));
      InputScaling scaling = rescalings.add(run, pair.what().plan(), factors);
      for (Value value : pair.what().divided()) {
        scalings.computeIfAbsent(value, key -> new ArrayList<>()).add(scaling);
      }
    }
  }
}
