/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.tensor.DType;
import dev.sinter.weight.ActivationPoint;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a plan needs data: modules that are solved with what is known of their inputs,
 * activations whose ranges must be found, and pairs that are smoothed.
 */
public record Calibration(
    List<ModulePlan> modules, List<ActivationPlan> activations, List<SmoothingPlan> smoothings) {
  public Calibration {
    modules = List.copyOf(modules);
    activations = List.copyOf(activations);
    smoothings = List.copyOf(smoothings);
  }

  public boolean isEmpty() {
    return modules.isEmpty() && activations.isEmpty() && smoothings.isEmpty();
  }

  /** What asks for data, for people. */
  public String what() {
    if (!modules.isEmpty()) {
      return modules.get(0).decidedBy();
    }
    return activations.isEmpty()
        ? "the smoothing of " + smoothings.get(0).pair().producer()
        : "the range of " + activations.get(0).point();
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
    smoothings.stream()
        .flatMap(smoothing -> smoothing.pair().modules().stream())
        .filter(name -> !names.contains(name))
        .forEach(names::add);
    return names;
  }

  /** The type that weights, or activations, have in the checkpoint where its config says none. */
  public DType storedType() {
    if (!modules.isEmpty()) {
      return modules.get(0).weight().dtype();
    }
    return activations.isEmpty()
        ? smoothings.get(0).linears().get(0).weight().dtype()
        : activations.get(0).dtype();
  }
}
