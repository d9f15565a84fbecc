/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.quantizer.QuantizerAttributes;
import dev.sinter.quantizer.QuantizerRules;
import dev.sinter.quantizer.QuantizerState;
import dev.sinter.quantizer.SchemeQuantizers;
import dev.sinter.recipe.Recipe;
import dev.sinter.weight.CheckpointWeights;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The quantizers of a model that a recipe turns on, by name, as ModelOpt sums them up. Rules are
 * resolved quantizer by quantizer, whether or not a format holds what comes of them.
 *
 * @param enabled attributes by the quantizer's name; several where quantizers follow each other
 * @param deciders the rule that decided, by the quantizer's name
 * @param total how many quantizers the model has
 */
public record QuantizerSummary(
    Json algorithm,
    Map<String, List<QuantizerAttributes>> enabled,
    Map<String, String> deciders,
    int total) {

  public static QuantizerSummary of(Checkpoint checkpoint, Recipe recipe) {
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);
    List<ModuleInfo> modules = ModuleTree.of(checkpoint, weights).modules();
    Set<String> fused = new HashSet<>();
    weights
        .stacks()
        .values()
        .forEach(stack -> stack.experts().forEach(expert -> fused.add(expert.module())));
    Map<String, List<QuantizerAttributes>> enabled = new LinkedHashMap<>();
    Map<String, String> deciders = new LinkedHashMap<>();
    Json algorithm = new Json.Null();
    for (Modifier modifier : recipe.modifiers()) {
      Optional<QuantizerRules> rules = QuantizerRules.in(modifier.targets());
      if (rules.isPresent()) {
        algorithm = modifier.settings().members().getOrDefault("algorithm", algorithm);
        rules
            .get()
            .quantizers(modules, fused)
            .forEach((name, state) -> add(name, state, enabled, deciders));
      } else {
        algorithm = modifier.solver().isPresent() ? Json.of(modifier.name()) : algorithm;
        add(modifier, modules, enabled, deciders);
      }
    }
    int total = new QuantizerRules(List.of()).quantizers(modules, fused).size();
    return new QuantizerSummary(algorithm, enabled, deciders, total);
  }

  private static void add(
      String name,
      QuantizerState state,
      Map<String, List<QuantizerAttributes>> enabled,
      Map<String, String> deciders) {
    if (state.enabled()) {
      enabled.put(name, state.attributes());
      deciders.put(name, state.decidedBy().map(rule -> rule.pattern()).orElse("no rule"));
    }
  }

  /** What a scheme by targets comes to in the same terms. */
  private static void add(
      Modifier modifier,
      List<ModuleInfo> modules,
      Map<String, List<QuantizerAttributes>> enabled,
      Map<String, String> deciders) {
    Resolution resolution = modifier.targets().resolve(modules);
    resolution
        .touched()
        .forEach(
            (module, match) -> {
              if (match.group().isPresent()) {
                put(module, match.group().get(), match.target(), enabled, deciders);
              }
            });
    resolution
        .kvCache()
        .ifPresent(
            args ->
                SchemeQuantizers.caches(modules)
                    .forEach(
                        name -> {
                          enabled.put(name, List.of(SchemeQuantizers.of(args)));
                          deciders.put(name, "kv_cache_scheme");
                        }));
  }

  private static void put(
      String module,
      SchemeGroup group,
      String target,
      Map<String, List<QuantizerAttributes>> enabled,
      Map<String, String> deciders) {
    Map<String, List<QuantizerAttributes>> own = new LinkedHashMap<>();
    if (group.scheme().inputs() instanceof Activations.Quantized inputs) {
      own.put(".input_quantizer", List.of(SchemeQuantizers.of(inputs.args())));
    }
    own.put(".weight_quantizer", List.of(SchemeQuantizers.of(group.scheme().weights())));
    if (group.scheme().outputs() instanceof Activations.Quantized outputs) {
      own.put(".output_quantizer", List.of(SchemeQuantizers.of(outputs.args())));
    }
    own.forEach(
        (suffix, attributes) -> {
          enabled.put(module + suffix, attributes);
          deciders.put(module + suffix, target);
        });
  }

  /** The summary in ModelOpt's shape. */
  public Json.Obj json() {
    Map<String, Object> quantizers = new LinkedHashMap<>();
    enabled.forEach(
        (name, stages) ->
            quantizers.put(
                name,
                stages.size() == 1
                    ? stages.get(0).json()
                    : stages.stream().map(QuantizerAttributes::json).toList()));
    return Json.object("algorithm", algorithm, "enabled_quantizers", quantizers);
  }
}
