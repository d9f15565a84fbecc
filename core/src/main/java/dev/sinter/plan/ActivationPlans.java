/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
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
import java.util.Set;

/** Finds the activations of a model whose parameters calibration must find. */
record ActivationPlans(
    Checkpoint checkpoint, ModuleTree tree, Optional<DType> dtype, Problems problems) {

  /**
   * The activations of planned modules, of caches, and of attention modules that say more than
   * caches do: how queries, keys and values are rounded.
   */
  List<ActivationPlan> of(
      Map<String, ModulePlan> planned,
      Optional<QuantizationArgs> kvCache,
      Map<String, QuantizationArgs> attention) {
    List<ActivationPlan> plans = new ArrayList<>();
    for (ModulePlan module : planned.values()) {
      DType type = type(module.weight().dtype());
      add(module.module(), Role.INPUT, module.scheme().inputs(), type, plans);
      add(module.module(), Role.OUTPUT, module.scheme().outputs(), type, plans);
    }
    kvCache
        .filter(args -> args.dynamic() != Dynamic.YES && !args.isCast())
        .ifPresent(args -> addCaches(args, attention.keySet(), plans));
    Map<String, Heads> heads = heads();
    attention.forEach(
        (module, args) ->
            List.of(Role.QUERY, Role.KEY, Role.VALUE)
                .forEach(role -> add(module, role, heads.get(module), args, plans)));
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

  /** Keys and values of every attention module, but for those of which more is said. */
  private void addCaches(QuantizationArgs args, Set<String> others, List<ActivationPlan> plans) {
    Map<String, Heads> heads = heads();
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
      heads.keySet().removeAll(others);
      heads.forEach(
          (module, count) ->
              List.of(Role.KEY, Role.VALUE).forEach(role -> add(module, role, count, args, plans)));
    }
  }

  private Map<String, Heads> heads() {
    Map<String, Heads> heads = new LinkedHashMap<>();
    tree.graph().stream()
        .flatMap(graph -> graph.nodes().stream())
        .map(Node::op)
        .filter(Attention.class::isInstance)
        .map(Attention.class::cast)
        .forEach(attention -> heads.put(attention.module(), attention.heads()));
    return heads;
  }

  private void add(
      String module, Role role, Heads heads, QuantizationArgs args, List<ActivationPlan> plans) {
    int count = role == Role.QUERY ? heads.queries() : heads.keys();
    plans.add(new ActivationPlan(new ActivationPoint(module, role), args, count, type(DType.F32)));
  }

  /** The type that the model runs in, and so that of activations and their scales. */
  private DType type(DType stored) {
    return dtype.or(new ModelConfig(checkpoint.config())::dtype).orElse(stored);
  }
}
