/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Node;
import dev.sinter.graph.Op;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.ActivationPoint.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A subgraph with what is solved in it, by the values that it is solved of. */
public record CalibrationStep(Subgraph subgraph, Map<Value, Solved> byValue) {

  /**
   * What is solved of one value: modules that read it, which share its statistics and what is
   * prepared from them, and parameters by which clients round it.
   */
  public record Solved(List<ModulePlan> modules, List<ActivationPlan> activations) {
    private Solved() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** The steps of a calibration, up to the last subgraph in which something is solved. */
  public static List<CalibrationStep> of(List<Subgraph> subgraphs, Calibration calibration) {
    Map<String, ModulePlan> modules = new HashMap<>();
    calibration.modules().forEach(module -> modules.put(module.module(), module));
    Map<ActivationPoint, ActivationPlan> activations = new HashMap<>();
    calibration.activations().forEach(plan -> activations.put(plan.point(), plan));
    List<CalibrationStep> steps = new ArrayList<>();
    int needed = 0;
    for (Subgraph subgraph : subgraphs) {
      Map<Value, Solved> solved = new LinkedHashMap<>();
      for (Node node : subgraph.nodes()) {
        if (node.op() instanceof Op.Linear linear && modules.containsKey(linear.module())) {
          at(node.inputs().get(0), solved).modules().add(modules.get(linear.module()));
        }
        points(node)
            .forEach(
                (point, value) -> {
                  if (activations.containsKey(point)) {
                    at(value, solved).activations().add(activations.get(point));
                  }
                });
      }
      steps.add(new CalibrationStep(subgraph, solved));
      needed = solved.isEmpty() ? needed : steps.size();
    }
    return List.copyOf(steps.subList(0, needed));
  }

  private static Solved at(Value value, Map<Value, Solved> solved) {
    return solved.computeIfAbsent(value, key -> new Solved());
  }

  /** Where clients may round what a node reads and makes. */
  static Map<ActivationPoint, Value> points(Node node) {
    Map<ActivationPoint, Value> points = new LinkedHashMap<>();
    if (node.op() instanceof Op.Linear linear) {
      points.put(new ActivationPoint(linear.module(), Role.INPUT), node.inputs().get(0));
      points.put(new ActivationPoint(linear.module(), Role.OUTPUT), node.output());
    } else if (node.op() instanceof Attention attention) {
      points.put(new ActivationPoint(attention.module(), Role.QUERY), node.inputs().get(0));
      points.put(new ActivationPoint(attention.module(), Role.KEY), node.inputs().get(1));
      points.put(new ActivationPoint(attention.module(), Role.VALUE), node.inputs().get(2));
    }
    return points;
  }

  /** The modules that are solved with statistics, by the values that they read. */
  Map<Value, List<ModulePlan>> modulesByInput() {
    Map<Value, List<ModulePlan>> modules = new LinkedHashMap<>();
    byValue.forEach(
        (value, solved) -> {
          if (!solved.modules().isEmpty()) {
            modules.put(value, solved.modules());
          }
        });
    return modules;
  }
}
