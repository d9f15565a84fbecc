/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.problem.Problems;
import dev.sinter.quantization.ActivationObserver.Part;
import dev.sinter.quantization.ActivationQuantizer;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.session.Workspace;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.ActivationPoint.Role;
import dev.sinter.weight.StoredActivation;
import dev.sinter.weight.StoredActivation.Home;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How clients of a plan's result will round activations. */
final class ServedActivations {
  private final Plan plan;

  ServedActivations(Plan plan) {
    this.plan = plan;
  }

  /** Refuses what is rounded in a way that is not computed here. */
  void requireRun() {
    Problems problems = new Problems();
    Map<ActivationPoint, QuantizationArgs> points = new LinkedHashMap<>();
    plan.activations().forEach(found -> points.put(found.point(), found.args()));
    points.putAll(atRunTime());
    points.values().stream()
        .filter(args -> !ActivationQuantizer.isRun(args))
        .map(args -> args.strategy().jsonName())
        .distinct()
        .forEach(
            strategy ->
                problems.add(
                    "--propagate-activation-error: activations that share scales by "
                        + strategy
                        + " are not run by this version. Leave the flag out"));
    if (plan.kvCache().filter(QuantizationArgs::isCast).isPresent()) {
      problems.add(
          "--propagate-activation-error: caches that are cast are not run by this version. Leave"
              + " the flag out");
    }
    if (plan.activations().stream().anyMatch(ActivationPlan::isSet)) {
      problems.add(
          "--propagate-activation-error: activations whose ranges are set are not run by this"
              + " version. Leave the flag out");
    }
    problems.throwIfAny();
  }

  /**
   * What is rounded in some modules, with the parameters that were found there.
   *
   * @param tensors of the workspace, by name
   */
  Map<ActivationPoint, StoredActivation> in(
      Set<String> modules, Map<String, TensorEntry> tensors, Workspace workspace)
      throws IOException {
    Map<ActivationPoint, StoredActivation> rounded = new HashMap<>();
    atRunTime()
        .forEach(
            (point, args) -> {
              if (modules.contains(point.module())) {
                rounded.put(point, new StoredActivation(args, Map.of(), Home.WORKSPACE));
              }
            });
    List<ActivationPlan> observed =
        plan.activations().stream()
            .filter(found -> modules.contains(found.point().module()))
            .toList();
    Map<String, String> files = new HashMap<>();
    tensors.forEach((name, entry) -> files.put(name, entry.file()));
    Map<ActivationPlan, ActivationPlan> widest = UnseenExperts.widest(observed, workspace, files);
    for (ActivationPlan activation : observed) {
      ActivationPlan found = widest.getOrDefault(activation, activation);
      rounded.put(
          activation.point(),
          new StoredActivation(activation.args(), parameters(found, tensors), Home.WORKSPACE));
    }
    return rounded;
  }

  /** What is rounded by scales that are found when the model runs. */
  private Map<ActivationPoint, QuantizationArgs> atRunTime() {
    Map<ActivationPoint, QuantizationArgs> points = new LinkedHashMap<>();
    for (ModulePlan module : plan.modules()) {
      add(module.module(), Role.INPUT, module.scheme().inputs(), points);
      add(module.module(), Role.OUTPUT, module.scheme().outputs(), points);
    }
    plan.kvCache()
        .filter(args -> args.dynamic() == Dynamic.YES)
        .ifPresent(
            args ->
                plan.graph().stream()
                    .flatMap(graph -> graph.attentions().stream())
                    .forEach(
                        attention -> {
                          points.put(new ActivationPoint(attention, Role.KEY), args);
                          points.put(new ActivationPoint(attention, Role.VALUE), args);
                        }));
    return points;
  }

  private static void add(
      String module,
      Role role,
      Activations activations,
      Map<ActivationPoint, QuantizationArgs> points) {
    if (activations instanceof Activations.Quantized quantized
        && quantized.args().dynamic() == Dynamic.YES) {
      points.put(new ActivationPoint(module, role), quantized.args());
    }
  }

  private static Map<String, TensorEntry> parameters(
      ActivationPlan found, Map<String, TensorEntry> tensors) {
    Map<String, TensorEntry> parameters = new HashMap<>();
    for (Part part : found.observer().parts(found.dtype())) {
      parameters.put(part.suffix(), tensors.get(found.point().tensor(part.suffix())));
    }
    return parameters;
  }
}
