/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Op;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A subgraph with the modules that are solved in it, by the values that they read: those that read
 * one value share its statistics and what is prepared from them.
 */
public record CalibrationStep(Subgraph subgraph, Map<Value, List<ModulePlan>> modulesByInput) {

  /** The steps of a calibration, up to the last subgraph that holds a module to be solved. */
  public static List<CalibrationStep> of(List<Subgraph> subgraphs, List<ModulePlan> modules) {
    Map<String, ModulePlan> byName = new HashMap<>();
    modules.forEach(module -> byName.put(module.module(), module));
    List<CalibrationStep> steps = new ArrayList<>();
    int needed = 0;
    for (Subgraph subgraph : subgraphs) {
      Map<Value, List<ModulePlan>> solved = new LinkedHashMap<>();
      subgraph
          .linearsByInput()
          .forEach(
              (input, linears) -> {
                List<ModulePlan> plans = plans(linears, byName);
                if (!plans.isEmpty()) {
                  solved.put(input, plans);
                }
              });
      steps.add(new CalibrationStep(subgraph, solved));
      needed = solved.isEmpty() ? needed : steps.size();
    }
    return List.copyOf(steps.subList(0, needed));
  }

  private static List<ModulePlan> plans(List<Op.Linear> linears, Map<String, ModulePlan> byName) {
    return linears.stream()
        .map(Op.Linear::module)
        .filter(byName::containsKey)
        .map(byName::get)
        .toList();
  }
}
