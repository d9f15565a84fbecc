/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.plan.Calibration;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.plan.ModulePlan;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.Workspace;
import dev.sinter.session.Workspace.SavedActivations;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SmoothUnit;
import dev.sinter.task.SolveUnit;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.TokenSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Calibrates one subgraph after another: sweep and smooth, sweep and solve, commit, advance.
 * Modules that read one input are a unit: they share its statistics and what is prepared from them.
 * Subgraphs behind the last that holds a module are never run.
 */
final class SequentialPipeline {
  private final RunContext run;
  private final Workspace workspace;
  private final CalibrationEngine engine;
  private final Notices notices;
  private final ProgressListener progress;
  private final OneshotRequest.Settings settings;
  private final Rescalings rescalings;
  private final Propagation propagation;

  SequentialPipeline(
      RunContext run,
      Workspace workspace,
      CalibrationEngine engine,
      Notices notices,
      ProgressListener progress,
      OneshotRequest.Settings settings,
      Rescalings rescalings,
      Propagation propagation) {
    this.run = run;
    this.workspace = workspace;
    this.engine = engine;
    this.notices = notices;
    this.progress = progress;
    this.settings = settings;
    this.rescalings = rescalings;
    this.propagation = propagation;
  }

  /** One subgraph, what is smoothed in it, method by method, and what is solved. */
  private record Step(
      String id, Subgraph subgraph, List<List<InputUnit>> smoothing, CalibrationStep work) {
    boolean isEmpty() {
      return smoothing.isEmpty() && work.byValue().isEmpty();
    }

    /** What is solved, of weights as they are now. */
    List<InputUnit> solving(Rescalings rescalings) {
      List<InputUnit> units = new ArrayList<>();
      work.byValue()
          .forEach(
              (value, solved) -> {
                List<ModulePlan> modules =
                    solved.modules().stream().map(rescalings::apply).toList();
                String id = solveId(units.size());
                SolveUnit unit = new SolveUnit(id, modules, solved.activations());
                units.add(new InputUnit(value, value.channels(), unit));
              });
      return units;
    }

    private String solveId(int input) {
      return String.format(Locale.ROOT, "%s-input-%04d", id, input);
    }

    boolean isDone(Set<String> done) {
      for (int input = 0; input < work.byValue().size(); input++) {
        if (!done.contains(solveId(input))) {
          return false;
        }
      }
      return smoothing.stream()
          .flatMap(List::stream)
          .allMatch(unit -> done.contains(unit.work().id()));
    }
  }

  /** Runs the data through the model as often as the pipeline of the settings wants it. */
  void run(List<Subgraph> subgraphs, Calibration calibration, List<TokenSlice> slices)
      throws IOException {
    List<List<Step>> passes = new ArrayList<>();
    for (Calibration pass : settings.traversal().pipeline().passes(calibration)) {
      passes.add(steps(passes.size(), subgraphs, pass));
    }
    Map<String, SolvedUnit> done = new TreeMap<>(workspace.solvedUnits());
    done.values().forEach(committing()::tell);
    List<Step> working =
        passes.stream().flatMap(List::stream).filter(step -> !step.isEmpty()).toList();
    int finished = (int) working.stream().filter(step -> step.isDone(done.keySet())).count();
    progress.phase("calibrate", working.size(), finished);
    for (int i = 0; i < passes.size(); i++) {
      // What a later pass changes is not yet what clients will have.
      boolean isLast = i + 1 == passes.size();
      run(i, passes.get(i), slices, done, isLast ? propagation : propagation.ofSolved());
    }
  }

  private void run(
      int pass,
      List<Step> steps,
      List<TokenSlice> slices,
      Map<String, SolvedUnit> done,
      Propagation propagated)
      throws IOException {
    boolean isDone = steps.stream().allMatch(step -> step.isDone(done.keySet()));
    int first = isDone ? steps.size() : start(pass, slices);
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean wasDone = step.isDone(done.keySet());
      smooth(step, done);
      if (i < first) {
        continue;
      }
      List<InputUnit> solving = step.solving(rescalings);
      solve(step, solving, done);
      if (!wasDone) {
        progress.step(step.subgraph.name());
      }
      if (i + 1 < steps.size()) {
        RunContext now = rescalings.apply(run);
        Propagation.Seen seen = propagated.of(now, step.subgraph, solving, done);
        engine.advance(seen.run(), step.subgraph, seen.modules());
        saveActivations(pass, i + 1, steps, done);
      }
    }
  }

  private static List<Step> steps(int pass, List<Subgraph> subgraphs, Calibration calibration) {
    List<Step> steps = new ArrayList<>();
    for (CalibrationStep step : CalibrationStep.of(subgraphs, calibration)) {
      String id = String.format(Locale.ROOT, "pass-%02d-step-%04d", pass, steps.size());
      steps.add(new Step(id, step.subgraph(), smoothing(id, step), step));
    }
    return steps;
  }

  /** A method smooths what those before it have smoothed already. */
  private static List<List<InputUnit>> smoothing(String step, CalibrationStep work) {
    Map<Integer, List<InputUnit>> byMethod = new TreeMap<>();
    for (CalibrationStep.Smoothed smoothed : work.smoothed()) {
      List<InputUnit> units =
          byMethod.computeIfAbsent(smoothed.plan().method(), method -> new ArrayList<>());
      String id =
          String.format(
              Locale.ROOT, "%s-smooth-%02d-%04d", step, smoothed.plan().method(), units.size());
      Value value = smoothed.value();
      units.add(new InputUnit(value, value.channels(), new SmoothUnit(id, smoothed.plan())));
    }
    return List.copyOf(byMethod.values());
  }

  /**
   * The first step to run: behind the last activations that an earlier run saved, or the first of
   * all.
   */
  private int start(int pass, List<TokenSlice> slices) {
    Optional<SavedActivations> saved =
        workspace.savedActivations().filter(found -> found.pass() == pass);
    if (saved.isPresent()) {
      engine.restoreActivations(run, saved.get().files());
      return saved.get().subgraph();
    }
    engine.begin(run, slices);
    return 0;
  }

  private void smooth(Step step, Map<String, SolvedUnit> done) throws IOException {
    for (List<InputUnit> method : step.smoothing) {
      List<InputUnit> units = new ArrayList<>();
      for (InputUnit unit : method) {
        SmoothUnit work = (SmoothUnit) unit.work();
        units.add(new InputUnit(unit.input(), unit.channels(), work.reading(rescalings::applyTo)));
      }
      solve(step, units, done);
      for (InputUnit unit : units) {
        SmoothUnit work = (SmoothUnit) unit.work();
        rescalings.add(work.plan(), workspace.factors(done.get(work.id())));
      }
    }
  }

  private void solve(Step step, List<InputUnit> units, Map<String, SolvedUnit> done) {
    List<InputUnit> open =
        units.stream().filter(unit -> !done.containsKey(unit.work().id())).toList();
    if (!open.isEmpty()) {
      engine.calibrate(
          rescalings.apply(run),
          step.subgraph,
          open,
          committing().andThen(unit -> done.put(unit.id(), unit)));
    }
  }

  private Committing committing() {
    return Committing.units(workspace, notices, progress);
  }

  /** Every few steps, unless all that is left is done already. */
  private void saveActivations(int pass, int next, List<Step> steps, Map<String, SolvedUnit> done) {
    boolean needed =
        steps.subList(next, steps.size()).stream().anyMatch(step -> !step.isDone(done.keySet()));
    if (next % settings.checkpointInterval() == 0 && needed) {
      workspace.commit(new SavedActivations(pass, next, engine.checkpointActivations(run)));
    }
  }
}
