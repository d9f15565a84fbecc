/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.ModulePlan;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Solves modules that read a value, and finds parameters by which clients round it. */
public record SolveUnit(String id, List<ModulePlan> modules, List<ActivationPlan> activations)
    implements WorkUnit {
  public SolveUnit {
    modules = List.copyOf(modules);
    activations = List.copyOf(activations);
  }

  @Override
  public List<StatisticType> statistics() {
    Set<StatisticType> types = new LinkedHashSet<>();
    for (ModulePlan module : modules) {
      module.solver().statistics(module.scheme().weights()).stream()
          .sorted(Comparator.comparing(StatisticType::label))
          .forEach(types::add);
    }
    activations.forEach(activation -> types.add(activation.statistic()));
    return List.copyOf(types);
  }

  @Override
  public SolvedUnit run(RunContext run, Map<StatisticType, Statistic> statistics)
      throws IOException {
    return SolveTask.solve(run, this, statistics);
  }
}
