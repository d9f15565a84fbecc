/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.ModulePlan;
import dev.sinter.statistic.StatisticType;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What one task solves and commits together, of one value: modules that read it, and parameters by
 * which clients round it.
 */
public record WorkUnit(String id, List<ModulePlan> modules, List<ActivationPlan> activations)
    implements Serializable {
  public WorkUnit {
    modules = List.copyOf(modules);
    activations = List.copyOf(activations);
  }

  /** What must be known of the value, each once, in an order that is always the same. */
  public List<StatisticType> statistics() {
    Set<StatisticType> types = new LinkedHashSet<>();
    modules.forEach(
        module ->
            module.solver().statistics(module.scheme().weights()).stream()
                .sorted(java.util.Comparator.comparing(StatisticType::label))
                .forEach(types::add));
    activations.forEach(activation -> types.add(activation.statistic()));
    return List.copyOf(types);
  }
}
