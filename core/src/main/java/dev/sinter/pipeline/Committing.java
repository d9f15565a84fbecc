/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.Solution;
import dev.sinter.problem.RequestException;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.Workspace;
import dev.sinter.task.SolveTask;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Takes over what engines solve: checks it, says what was out of the ordinary, and commits it. */
record Committing(Consumer<SolvedUnit> commit, Notices notices, ProgressListener progress)
    implements Consumer<SolvedUnit> {

  static Committing units(Workspace workspace, Notices notices, ProgressListener progress) {
    return new Committing(workspace::commit, notices, progress);
  }

  static Committing shards(Workspace workspace, Notices notices, ProgressListener progress) {
    return new Committing(workspace::commitShard, notices, progress);
  }

  @Override
  public void accept(SolvedUnit unit) {
    List<String> broken =
        unit.modules().stream()
            .filter(module -> figure(module, SolveTask.NON_FINITE_SCALES) > 0)
            .map(ModuleFigures::module)
            .toList();
    if (!broken.isEmpty()) {
      throw new RequestException(
          "The weights of "
              + String.join(", ", broken)
              + " hold NaN or infinity, or values or scales that overflow their type. Mend the"
              + " checkpoint, or add the modules to ignore");
    }
    tell(unit);
    commit.accept(unit);
    progress.solved(unit);
  }

  /** Says what was out of the ordinary with a unit, also of one that an earlier run committed. */
  void tell(SolvedUnit unit) {
    Map<Double, List<String>> modulesByDampening = new TreeMap<>();
    for (ModuleFigures module : unit.modules()) {
      double raised = figure(module, Solution.RAISED_DAMPENING);
      if (raised > 0) {
        modulesByDampening.computeIfAbsent(raised, key -> new ArrayList<>()).add(module.module());
      }
    }
    unit.modules().stream()
        .filter(module -> figure(module, Smoother.Factors.UNSEEN) > 0)
        .forEach(
            module ->
                notices.add(
                    module.module()
                        + ": no token of the calibration data came here, and nothing is smoothed"));
    List<String> unseen =
        unit.modules().stream()
            .filter(module -> figure(module, Solution.UNSEEN_INPUT) > 0)
            .map(ModuleFigures::module)
            .toList();
    if (!unseen.isEmpty()) {
      notices.add(
          String.join(", ", unseen)
              + ": no token of the calibration data came here, and ranges are chosen by the weights"
              + " alone. More samples would help, or --moe-calibrate-all-experts for experts");
    }
    modulesByDampening.forEach(
        (raised, modules) ->
            notices.add(
                String.join(", ", modules)
                    + ": the Hessian factored only when damped by "
                    + raised
                    + " of its mean diagonal, more than was asked for; more calibration data would"
                    + " help"));
  }

  private static double figure(ModuleFigures module, String name) {
    return module.figures().getOrDefault(name, 0.0);
  }
}
