/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.tensor.DType;
import dev.sinter.weight.ActivationPoint;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a plan needs data: modules that are solved with what is known of their inputs, and
 * activations whose ranges must be found.
 */
public record Calibration(List<ModulePlan> modules, List<ActivationPlan> activations) {
  public Calibration {
    modules = List.copyOf(modules);
    activations = List.copyOf(activations);
  }

  public boolean isEmpty() {
    return modules.isEmpty() && activations.isEmpty();
  }

  /** What asks for data, for people. */
  public String what() {
    return modules.isEmpty()
        ? "the range of " + activations.get(0).point()
        : modules.get(0).decidedBy();
  }

  /** The names of all modules that data must reach. */
  public List<String> moduleNames() {
    List<String> names = new ArrayList<>();
    modules.forEach(module -> names.add(module.module()));
    activations.stream()
        .map(ActivationPlan::point)
        .map(ActivationPoint::module)
        .filter(name -> !names.contains(name))
        .forEach(names::add);
    return names;
  }

  /** The type that weights, or activations, have in the checkpoint where its config says none. */
  public DType storedType() {
    return modules.isEmpty() ? activations.get(0).dtype() : modules.get(0).weight().dtype();
  }
}
