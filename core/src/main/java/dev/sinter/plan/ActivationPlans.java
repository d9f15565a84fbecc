/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Node;
import dev.sinter.problem.Problems;
import dev.sinter.quantization.ActivationObserver;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.tensor.DType;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.ActivationPoint.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the activations of a model whose parameters calibration must find. */
record ActivationPlans(
    Checkpoint checkpoint, ModuleTree tree, Optional<DType> dtype, Problems problems) {

  List<ActivationPlan> of(Map<String, ModulePlan> planned, Optional<QuantizationArgs> kvCache) {
    List<ActivationPlan> plans = new ArrayList<>();
    for (ModulePlan module : planned.values()) {
      DType type = type(module.weight().dtype());
      add(module.module(), Role.INPUT, module.scheme().inputs(), type, plans);
      add(module.module(), Role.OUTPUT, module.scheme().outputs(), type, plans);
    }
    kvCache
        .filter(args -> args.dynamic() != Dynamic.YES && !args.isCast())
        .ifPresent(args -> addCaches(args, plans));
    return plans;
  }

  private static void add(
      String module, Role role, Activations activations, DType type, List<ActivationPlan> plans) {
    if (activations instanceof Activations.Quantized quantized
        && quantized.args().dynamic() != Dynamic.YES
        && ActivationObserver.isFound(quantized.args())) {
      plans.add(new ActivationPlan(new ActivationPoint(module, role), quantized.args(), 1, type));
    }
  }

  /** Keys and values of every attention module. */
  private void addCaches(QuantizationArgs args, List<ActivationPlan> plans) {
    Map<String, Integer> heads = new LinkedHashMap<>();
    tree.graph().stream()
        .flatMap(graph -> graph.nodes().stream())
        .map(Node::op)
        .filter(Attention.class::isInstance)
        .map(Attention.class::cast)
        .forEach(attention -> heads.put(attention.module(), attention.heads().keys()));
    if (heads.isEmpty()) {
      problems.add(
          "kv_cache_scheme: the scales of keys and values are found by running the model, and its"
              + " family is not one that this version runs. docs/adding-an-architecture.md says how"
              + " to add it; or leave kv_cache_scheme out");
    } else if (!ActivationObserver.isFound(args)) {
      problems.add(
          "kv_cache_scheme: strategy "
              + args.strategy().jsonName()
              + " is not one that caches have here. Write strategy: tensor, or attn_head");
    } else {
      DType type = type(DType.F32);
      heads.forEach(
          (module, count) -> {
            for (Role role : List.of(Role.KEY, Role.VALUE)) {
              plans.add(new ActivationPlan(new ActivationPoint(module, role), args, count, type));
            }
          });
    }
  }

  /** The type that the model runs in, and so that of activations and their scales. */
  private DType type(DType stored) {
    return dtype.or(new ModelConfig(checkpoint.config())::dtype).orElse(stored);
  }
}
