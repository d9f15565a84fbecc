/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Effort;
import dev.sinter.session.StepFigures;
import dev.sinter.task.SolvedUnit;
import java.util.Map;

/** Measures a step, from when it is made. */
final class StepClock {
  private final CalibrationEngine engine;
  private final Effort before;
  private final long start = System.nanoTime();

  StepClock(CalibrationEngine engine) {
    this.engine = engine;
    this.before = engine.effort();
  }

  StepFigures figures(int pass, int index, Step step, Map<String, SolvedUnit> done, long tokens) {
    double solve = 0;
    double write = 0;
    for (String id : step.ids()) {
      SolvedUnit.Seconds seconds = done.get(id).seconds();
      solve += seconds.whole() - seconds.write();
      write += seconds.write();
    }
    Effort effort = engine.effort().minus(before).plus(new Effort(0, 0, 0, solve, write, 0));
    double seconds = (System.nanoTime() - start) / 1e9;
    return new StepFigures(
        pass, index, step.subgraph().name(), tokens, engine.slots(), seconds, effort);
  }
}
