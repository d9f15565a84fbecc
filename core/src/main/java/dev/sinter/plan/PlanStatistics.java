/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Node;
import dev.sinter.graph.Op;
import dev.sinter.graph.Value;
import dev.sinter.statistic.StatisticType;
import dev.sinter.weight.ActivationPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must be known of inputs before weights can be solved, and of how many inputs. */
final class PlanStatistics {
  private PlanStatistics() {}

  /**
   * Each statistic with the inputs that it is of. Modules that read one value share it where the
   * family is known; else each counts alone.
   */
  static Map<String, Integer> of(Plan plan) {
    Map<String, Object> inputs = inputs(plan);
    Map<String, Set<Object>> needed = new LinkedHashMap<>();
    for (ModulePlan module : plan.modules()) {
      List<String> names = new ArrayList<>();
      for (StatisticType type : module.solver().statistics(module.scheme().weights())) {
        names.add(type.label());
      }
      Object input = inputs.getOrDefault(module.module(), module.module());
      names.forEach(name -> needed.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(input));
    }
    for (ActivationPlan activation : plan.calibration().activations()) {
      ActivationPoint point = activation.point();
      Object of =
          point.role() == ActivationPoint.Role.INPUT
              ? inputs.getOrDefault(point.module(), point.module())
              : point;
      needed.computeIfAbsent(activation.statistic().label(), key -> new LinkedHashSet<>()).add(of);
    }
    for (SmoothingPlan smoothing : plan.smoothings()) {
      for (StatisticType type : smoothing.smoother().statistics()) {
        needed
            .computeIfAbsent(type.label(), key -> new LinkedHashSet<>())
            .add(smoothing.pair().producer());
      }
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    needed.forEach((name, of) -> counts.put(name, of.size()));
    return counts;
  }

  private static Map<String, Object> inputs(Plan plan) {
    Map<String, Object> inputs = new HashMap<>();
    if (plan.graph().isPresent()) {
      for (Node node : plan.graph().get().nodes()) {
        if (node.op() instanceof Op.Linear linear) {
          Value read = node.inputs().get(0);
          inputs.put(linear.module(), read);
        }
      }
    }
    return inputs;
  }
}
