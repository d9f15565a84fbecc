/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.plan.ModulePlan;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Solves modules that read a value, and finds parameters by which clients round it. */
public record SolveUnit(String id, List<ModulePlan> modules, List<ActivationPlan> activations)
    implements WorkUnit {
  public SolveUnit {
    modules = List.copyOf(modules);
    activations = List.copyOf(activations);
  }

  @Override
  public List<StatisticType> statistics() {
    return new CalibrationStep.Solved(modules, activations).statistics();
  }

  @Override
  public SolvedUnit run(RunContext run, Map<StatisticType, Statistic> statistics)
      throws IOException {
    return SolveTask.solve(run, this, statistics);
  }
}
