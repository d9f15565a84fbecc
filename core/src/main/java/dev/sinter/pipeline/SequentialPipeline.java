/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.graph.Subgraph;
import dev.sinter.modifier.Event;
import dev.sinter.pipeline.StepRun.Behind;
import dev.sinter.plan.Calibration;
import dev.sinter.plan.ExpertTraffic;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.Session;
import dev.sinter.session.StepFigures;
import dev.sinter.session.Workspace;
import dev.sinter.session.Workspace.SavedActivations;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.TokenSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Session session;

  SequentialPipeline(
      RunContext run,
      Workspace workspace,
      CalibrationEngine engine,
      Notices notices,
      ProgressListener progress,
      OneshotRequest.Settings settings,
      Rescalings rescalings,
      Propagation propagation,
      Session session) {
    this.run = run;
    this.workspace = workspace;
    this.engine = engine;
    this.notices = notices;
    this.progress = progress;
    this.settings = settings;
    this.rescalings = rescalings;
    this.propagation = propagation;
    this.session = session;
  }

  /** Runs the data through the model as often as the pipeline of the settings wants it. */
  void run(List<Subgraph> subgraphs, Calibration calibration, List<TokenSlice> slices)
      throws IOException {
    List<List<Step>> passes = new ArrayList<>();
    for (Calibration pass : settings.traversal().pipeline().passes(calibration)) {
      passes.add(Step.of(passes.size(), subgraphs, pass));
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
    progress.calibrated(workspace.steps());
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
    ExpertTraffic traffic = new ExpertTraffic(tokens(slices), slices.size());
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean wasDone = step.isDone(done.keySet());
      StepRun stepRun =
          new StepRun(
              step, run, engine, workspace, rescalings, propagated, traffic, done, committing());
      if (i < first) {
        stepRun.takeOver();
        end(pass, step, done);
        continue;
      }
      boolean isLast = i + 1 == steps.size();
      StepClock clock = new StepClock(engine);
      stepRun.run(isLast ? Behind.NOTHING : behind(step, propagated));
      if (!wasDone) {
        StepFigures figures = clock.figures(pass, i, step, done, tokens(slices));
        workspace.commit(figures);
        progress.calibrated(figures);
        progress.step(step.subgraph().name());
      }
      end(pass, step, done);
      if (!isLast) {
        saveActivations(pass, i + 1, steps, done);
      }
    }
  }

  private static long tokens(List<TokenSlice> slices) {
    return slices.stream().mapToLong(TokenSlice::length).sum();
  }

  /**
   * Also of a step that an earlier run did, so that a session is the same however often it died.
   */
  private void end(int pass, Step step, Map<String, SolvedUnit> done) {
    if (!step.isEmpty()) {
      session.endSubgraph(
          new Event.SubgraphEnd(
              step.subgraph().name(),
              pass,
              SessionResults.smoothed(step.methods(), done),
              SessionResults.of(step.solvedUnits(done))));
    }
  }

  private static Behind behind(Step step, Propagation propagated) {
    return propagated.rewrites(step.work()) ? Behind.AS_SOLVED : Behind.AS_SWEPT;
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
