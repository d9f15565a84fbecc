/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Experts;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Load;
import dev.sinter.graph.Node;
import dev.sinter.graph.Route;
import dev.sinter.graph.Value;
import dev.sinter.modifier.SolveCost;
import dev.sinter.modifier.Solver;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The floating-point operations of a calibration, those of matrix products and factorizations.
 *
 * @param sweep running subgraphs up to the values that statistics are of
 * @param gram the upper triangles of Gram matrices: C (C + 1) for each token of C channels
 * @param solve what solvers say that they take
 * @param advance running compressed subgraphs for the inputs of the next
 */
public record Work(double sweep, double gram, double solve, double advance) {

  public double total() {
    return sweep + gram + solve + advance;
  }

  static Work of(Graph graph, List<CalibrationStep> steps, CalibrationShape shape) {
    Map<Value, Double> shares = shares(graph);
    Load all = new Load(shape.tokens(), shape.length());
    double sweep = 0;
    double gram = 0;
    double solve = 0;
    double advance = 0;
    for (int i = 0; i < steps.size(); i++) {
      CalibrationStep step = steps.get(i);
      for (Set<Value> values : step.sweeps()) {
        sweep += flops(step.subgraph().nodesFor(values), all, shares);
      }
      for (Value value : step.gramMatrices()) {
        gram += all.share(shares.get(value)).tokens() * triangle(value);
      }
      for (List<ModulePlan> modules : step.modulesByInput().values()) {
        solve += solve(modules);
      }
      if (i + 1 < steps.size() && !step.isLeftAsSwept(shape.traffic())) {
        Set<Value> outputs = new HashSet<>(step.subgraph().outputs());
        advance += flops(step.subgraph().nodesFor(outputs), all, shares);
      }
    }
    return new Work(sweep, gram, solve, advance);
  }

  private static double triangle(Value input) {
    return (double) input.channels() * (input.channels() + 1);
  }

  private static double solve(List<ModulePlan> modules) {
    double flops = 0;
    Set<Solver> solvers = new HashSet<>();
    for (ModulePlan module : modules) {
      SolveCost cost = module.solver().cost(module.weight().columns());
      flops += module.weight().rows() * cost.flopsOfRow();
      flops += solvers.add(module.solver()) ? cost.sharedFlops() : 0;
    }
    return flops;
  }

  private static double flops(Collection<Node> nodes, Load all, Map<Value, Double> shares) {
    double flops = 0;
    for (Node node : nodes) {
      Load load = all.share(shares.get(node.output()));
      flops += node.op().flops(node.inputs(), load);
    }
    return flops;
  }

  /**
   * The part of all tokens that each value holds, on average: an expert sees those that are routed
   * to it, as many as another.
   */
  static Map<Value, Double> shares(Graph graph) {
    Map<Value, Double> shares = new HashMap<>();
    Map<Value, Double> routed = Route.shares(graph.nodes());
    shares.put(graph.input(), 1.0);
    for (Node node : graph.nodes()) {
      double share = shares.get(node.inputs().get(0));
      if (node.op() instanceof Experts.Select) {
        share *= routed.getOrDefault(node.inputs().get(1), 1.0);
      }
      shares.put(node.output(), share);
    }
    return shares;
  }
}
