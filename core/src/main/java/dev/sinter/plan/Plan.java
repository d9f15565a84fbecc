/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.Graph;
import dev.sinter.json.Json;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.recipe.Recipe;
import dev.sinter.weight.ActivationPoint.Role;
import dev.sinter.weight.DenseTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe resolved against a checkpoint. What is no tensor of a module is copied, or made dense.
 *
 * @param modules those that change, in the order of the checkpoint's tensors
 * @param activations those whose parameters are found by calibration, or set
 * @param smoothings the pairs that are smoothed before weights are solved, in their order
 * @param rows every module of the model, with what becomes of it
 * @param rules every rule of every method, with what it matched
 * @param kvCache how keys and values are kept
 * @param graph there when the family is known
 * @param missing what this version lacks to carry it out; nothing if it can
 * @param notices what a person should know before the work starts
 * @param hints what a person may want to know of serving the result
 */
public record Plan(
    Recipe recipe,
    List<ModulePlan> modules,
    List<ActivationPlan> activations,
    List<SmoothingPlan> smoothings,
    List<ModuleRow> rows,
    List<MethodRule> rules,
    Optional<QuantizationArgs> kvCache,
    Optional<Graph> graph,
    List<Shard> shards,
    Map<String, TensorEntry> copied,
    Map<String, DenseTensor> dense,
    Json.Obj outputConfig,
    List<String> missing,
    List<String> notices,
    List<String> hints) {
  public Plan {
    modules = List.copyOf(modules);
    activations = List.copyOf(activations);
    smoothings = List.copyOf(smoothings);
    rows = List.copyOf(rows);
    rules = List.copyOf(rules);
    shards = List.copyOf(shards);
    copied = Map.copyOf(copied);
    dense = Map.copyOf(dense);
    missing = List.copyOf(missing);
    notices = List.copyOf(notices);
    hints = List.copyOf(hints);
  }

  /** A rule of a method. */
  public record MethodRule(String method, RuleUse use) {}

  /** The same with more for a person to know. */
  public Plan withNotices(List<String> more) {
    List<String> all = new ArrayList<>(notices);
    all.addAll(more);
    return new Plan(
        recipe,
        modules,
        activations,
        smoothings,
        rows,
        rules,
        kvCache,
        graph,
        shards,
        copied,
        dense,
        outputConfig,
        missing,
        all,
        hints);
  }

  /** The bytes of all tensors of the output. */
  public long outputBytes() {
    return shards.stream().mapToLong(shard -> shard.layout().tensorBytes()).sum();
  }

  /** How attention modules round queries, keys and values alike, by module. */
  public Map<String, QuantizationArgs> attention() {
    Map<String, QuantizationArgs> byModule = new LinkedHashMap<>();
    activations.stream()
        .filter(found -> found.point().role() == Role.QUERY)
        .forEach(found -> byModule.put(found.point().module(), found.args()));
    return byModule;
  }

  /** What of it needs data. */
  public Calibration calibration() {
    return new Calibration(
        modules.stream()
            .filter(module -> !module.solver().statistics(module.scheme().weights()).isEmpty())
            .toList(),
        activations.stream().filter(activation -> !activation.isSet()).toList(),
        smoothings);
  }

  /** Whether the model must run on data. */
  public boolean needsCalibration() {
    return recipe.needsCalibration() || !calibration().isEmpty();
  }
}
