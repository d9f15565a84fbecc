/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.graph.Subgraph;
import dev.sinter.plan.Calibration;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.Workspace;
import dev.sinter.session.Workspace.SavedActivations;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedModule;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.TokenSlice;
import dev.sinter.task.WorkUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Calibrates one subgraph after another: sweep, solve, commit, advance. Modules that read one input
 * are a unit: they share its statistics and what is prepared from them. Subgraphs behind the last
 * that holds a module are never run.
 */
final class SequentialPipeline {
  private final RunContext run;
  private final Workspace workspace;
  private final CalibrationEngine engine;
  private final Notices notices;
  private final ProgressListener progress;
  private final int checkpointInterval;

  SequentialPipeline(
      RunContext run,
      Workspace workspace,
      CalibrationEngine engine,
      Notices notices,
      ProgressListener progress,
      int checkpointInterval) {
    this.run = run;
    this.workspace = workspace;
    this.engine = engine;
    this.notices = notices;
    this.progress = progress;
    this.checkpointInterval = checkpointInterval;
  }

  /** One subgraph and what is solved in it. */
  private record Step(Subgraph subgraph, List<InputUnit> units) {}

  void run(List<Subgraph> subgraphs, Calibration calibration, List<TokenSlice> slices) {
    List<Step> steps = steps(subgraphs, calibration);
    Map<String, SolvedUnit> done = new TreeMap<>(workspace.solvedUnits());
    done.values().forEach(committing()::tell);
    List<Step> solving = steps.stream().filter(step -> !step.units.isEmpty()).toList();
    int finished = (int) solving.stream().filter(step -> isDone(step, done)).count();
    progress.phase("calibrate", solving.size(), finished);
    int first = start(slices);
    for (int i = first; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (!isDone(step, done)) {
        solve(step, done);
        progress.step(step.subgraph.name());
      }
      if (i + 1 < steps.size()) {
        engine.advance(run, step.subgraph, solvedModules(step, done));
        saveActivations(i + 1, steps, done);
      }
    }
  }

  private static List<Step> steps(List<Subgraph> subgraphs, Calibration calibration) {
    List<Step> steps = new ArrayList<>();
    for (CalibrationStep step : CalibrationStep.of(subgraphs, calibration)) {
      List<InputUnit> units = new ArrayList<>();
      step.byValue()
          .forEach(
              (value, solved) -> {
                String id =
                    String.format(Locale.ROOT, "step-%04d-input-%04d", steps.size(), units.size());
                WorkUnit work = new WorkUnit(id, solved.modules(), solved.activations());
                units.add(new InputUnit(value, value.channels(), work));
              });
      steps.add(new Step(step.subgraph(), units));
    }
    return steps;
  }

  private static boolean isDone(Step step, Map<String, SolvedUnit> done) {
    return step.units.stream().allMatch(unit -> done.containsKey(unit.work().id()));
  }

  /**
   * The first step to run: behind the last activations that an earlier run saved, or the first of
   * all.
   */
  private int start(List<TokenSlice> slices) {
    Optional<SavedActivations> saved = workspace.savedActivations();
    if (saved.isPresent()) {
      engine.restoreActivations(run, saved.get().files());
      return saved.get().subgraph();
    }
    engine.begin(run, slices);
    return 0;
  }

  private void solve(Step step, Map<String, SolvedUnit> done) {
    List<InputUnit> open =
        step.units.stream().filter(unit -> !done.containsKey(unit.work().id())).toList();
    engine.calibrate(
        run, step.subgraph, open, committing().andThen(unit -> done.put(unit.id(), unit)));
  }

  private Committing committing() {
    return Committing.units(workspace, notices, progress);
  }

  private static List<SolvedModule> solvedModules(Step step, Map<String, SolvedUnit> done) {
    Map<String, SolvedModule> modules = new LinkedHashMap<>();
    for (InputUnit unit : step.units) {
      String file = done.get(unit.work().id()).file().name();
      unit.work().modules().stream()
          .filter(module -> module.solver().changesWhatFollows())
          .forEach(module -> modules.put(module.module(), new SolvedModule(module, file)));
    }
    return List.copyOf(modules.values());
  }

  /** Every few steps, unless all that is left is done already. */
  private void saveActivations(int next, List<Step> steps, Map<String, SolvedUnit> done) {
    boolean needed =
        steps.subList(next, steps.size()).stream().anyMatch(step -> !isDone(step, done));
    if (next % checkpointInterval == 0 && needed) {
      workspace.commit(new SavedActivations(next, engine.checkpointActivations(run)));
    }
  }
}
