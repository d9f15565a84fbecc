/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.graph.Graph;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.plan.SmoothingPlan;
import dev.sinter.task.InputScaling;
import dev.sinter.task.RunContext;
import dev.sinter.weight.Factors;
import dev.sinter.weight.ParameterSource;
import dev.sinter.weight.RescaledWeight;
import dev.sinter.weight.Rescaling;
import dev.sinter.weight.TransposedWeight;
import dev.sinter.weight.WeightSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How weights are changed when they are read, by what was smoothed so far. */
final class Rescalings {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final Map<String, List<Rescaling>> byParameter = new HashMap<>();
  private final Map<WeightSource, String> modules = new HashMap<>();
  private final Set<String> transposed;
  private int added;

  /** None yet, of a plan's modules. */
  Rescalings(Plan plan) {
    plan.modules().forEach(module -> modules.put(module.weight(), module.module()));
    this.transposed = plan.graph().map(Graph::transposed).orElse(Set.of());
  }

  /**
   * Takes in the factors of a pair: columns are multiplied, and the producer's rows divided.
   *
   * @return what becomes of what the producer makes
   */
  InputScaling add(RunContext run, SmoothingPlan plan, Factors factors) {
    String weight = plan.pair().producer() + WEIGHT;
    Optional<ParameterSource> before = parameter(run, weight);
    Rescaling columns = new Rescaling.Columns(factors);
    plan.pair().linears().forEach(module -> add(module + WEIGHT, columns));
    plan.pair().routers().forEach(module -> add(module + WEIGHT, columns));
    Factors rows = factors.spread(plan.pair().rows(), plan.pair().channels());
    add(weight, new Rescaling.Rows(rows, plan.offset()));
    add(plan.pair().producer() + BIAS, new Rescaling.Rows(rows, 0));
    added++;
    return before
        .filter(stored -> stored.shape().elements() == plan.pair().channels())
        .<InputScaling>map(
            stored ->
                new InputScaling.StoredRatio(
                    stored, parameter(run, weight).orElseThrow(), plan.offset(), factors))
        .orElseGet(() -> new InputScaling.Inverse(factors));
  }

  /** A parameter of the run as it is now. */
  private Optional<ParameterSource> parameter(RunContext run, String name) {
    List<Rescaling> changes = byParameter.getOrDefault(name, List.of());
    return Optional.ofNullable(run.parameters().get(name))
        .map(stored -> changes.isEmpty() ? stored : stored.rescaled(changes));
  }

  private void add(String parameter, Rescaling change) {
    byParameter.computeIfAbsent(parameter, name -> new ArrayList<>()).add(change);
  }

  /** Whether a parameter is not as it was. */
  boolean touch(String parameter) {
    return byParameter.containsKey(parameter);
  }

  /** What stands in the place of a parameter that is stored so. */
  WeightSource stored(String parameter, WeightSource as) {
    List<Rescaling> changes = byParameter.get(parameter);
    return transposed.contains(parameter)
        ? TransposedWeight.of(new RescaledWeight(TransposedWeight.of(as), changes))
        : new RescaledWeight(as, changes);
  }

  /** The run with parameters as they are now. */
  RunContext apply(RunContext run) {
    if (added == 0) {
      return run;
    }
    Map<String, ParameterSource> parameters = new HashMap<>(run.parameters());
    byParameter.forEach(
        (name, changes) -> parameters.computeIfPresent(name, (key, it) -> it.rescaled(changes)));
    return run.withParameters(run.runId() + "/" + added, parameters);
  }

  /** The module with weights as they are now. */
  ModulePlan apply(ModulePlan module) {
    return added == 0 ? module : module.reading(weight -> apply(weight));
  }

  private WeightSource apply(WeightSource weight) {
    String module = modules.get(weight);
    return module == null ? weight : applyTo(module, weight);
  }

  /** The weight of a module as it is now. */
  WeightSource applyTo(String module, WeightSource weight) {
    List<Rescaling> changes = byParameter.get(module + WEIGHT);
    return changes == null ? weight : new RescaledWeight(weight, changes);
  }
}
