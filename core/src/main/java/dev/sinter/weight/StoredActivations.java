/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleRule;
import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.quantization.ActivationQuantizer;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgsReader;
import dev.sinter.quantization.Strategy;
import dev.sinter.weight.ActivationPoint.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which activations a checkpoint of compressed-tensors wants rounded when it runs: the inputs and
 * outputs of modules by its groups, and the caches of keys and values. Checkpoints of others say so
 * beside their codes: {@link ForeignActivations}.
 */
public final class StoredActivations {
  private static final String IGNORE = "ignore";
  private static final String TARGETS = "targets";

  private final Checkpoint checkpoint;
  private final Json.Obj config;
  private final Problems problems;
  private final Map<ActivationPoint, StoredActivation> found = new LinkedHashMap<>();

  private StoredActivations(Checkpoint checkpoint, Json.Obj config, Problems problems) {
    this.checkpoint = checkpoint;
    this.config = config;
    this.problems = problems;
  }

  /**
   * A group of the config: what it means, whether that has weights, and what it does to inputs and
   * outputs.
   */
  private record Group(
      List<ModuleRule> rules, Kind kind, Map<Role, QuantizationArgs> activations) {}

  /** What a group is about. */
  private enum Kind {
    WEIGHTS,
    /** Queries, keys and values: a group of weights whose rules reach the module means others. */
    ATTENTION
  }

  /**
   * The activations that are rounded in a model of these modules.
   *
   * @param attentions the modules that keep keys and values
   * @param problems takes what cannot be run
   */
  public static Map<ActivationPoint, StoredActivation> of(
      Checkpoint checkpoint,
      CheckpointWeights weights,
      Collection<ModuleInfo> modules,
      Collection<String> attentions,
      Problems problems) {
    Optional<Json.Obj> config = StoredSchemes.config(checkpoint.config());
    String method =
        config
            .flatMap(given -> given.member("quant_method"))
            .map(name -> name instanceof Json.Str text ? text.value() : "")
            .orElse("");
    if (config.isEmpty() || !method.equals(StoredSchemes.COMPRESSED_TENSORS)) {
      return ForeignActivations.of(checkpoint, weights, modules, attentions);
    }
    StoredActivations activations = new StoredActivations(checkpoint, config.get(), problems);
    activations.addGroups(modules, attentions);
    activations.addCaches(attentions);
    return activations.found;
  }

  private void addGroups(Collection<ModuleInfo> modules, Collection<String> attentions) {
    List<Group> groups = new ArrayList<>();
    if (config.member("config_groups").orElse(null) instanceof Json.Obj named) {
      named
          .members()
          .forEach(
              (name, value) -> {
                if (value instanceof Json.Obj group) {
                  groups.add(group(name, group));
                }
              });
    }
    List<ModuleRule> ignored =
        StoredSchemes.rules(config, IGNORE, "config.json: quantization_config.", problems);
    List<ModuleRule> rules = groups.stream().flatMap(group -> group.rules().stream()).toList();
    for (ModuleInfo module : modules) {
      Optional<String> closest =
          module.closest(ignored).isPresent() ? Optional.empty() : module.closest(rules);
      groups.stream()
          .filter(group -> closest.isPresent() && means(group, closest.get()))
          .findFirst()
          .ifPresent(group -> add(module, group, attentions.contains(module.name())));
    }
  }

  private static boolean means(Group group, String target) {
    return group.rules().stream().anyMatch(rule -> rule.text().equals(target));
  }

  private Group group(String name, Json.Obj group) {
    String where = "config.json: quantization_config.config_groups." + name + ": ";
    Map<Role, QuantizationArgs> activations = new HashMap<>();
    args(group, "input_activations", where).ifPresent(args -> activations.put(Role.INPUT, args));
    args(group, "output_activations", where).ifPresent(args -> activations.put(Role.OUTPUT, args));
    Kind kind =
        group.member("weights").orElse(null) instanceof Json.Obj ? Kind.WEIGHTS : Kind.ATTENTION;
    return new Group(StoredSchemes.rules(group, TARGETS, where, problems), kind, activations);
  }

  private Optional<QuantizationArgs> args(Json.Obj holder, String name, String where) {
    if (!(holder.member(name).orElse(null) instanceof Json.Obj given)) {
      return Optional.empty();
    }
    Optional<QuantizationArgs> args =
        QuantizationArgsReader.storedActivations(
            given, (setting, text) -> problems.add(where + name + ": " + text));
    if (args.isPresent() && !ActivationQuantizer.isRun(args.get())) {
      problems.add(
          where
              + name
              + ": activations that share scales by "
              + args.get().strategy().jsonName()
              + (args.get().dynamic() == Dynamic.NO ? ", found before," : "")
              + " are not run by this version");
      return Optional.empty();
    }
    return args;
  }

  private void add(ModuleInfo module, Group group, boolean isAttention) {
    if (!isAttention) {
      group.activations().forEach((role, args) -> add(module.name(), role, args));
      return;
    }
    // An attention module's inputs are its queries, keys and values.
    QuantizationArgs args = group.activations().get(Role.INPUT);
    if (args != null && group.kind() == Kind.ATTENTION) {
      List.of(Role.QUERY, Role.KEY, Role.VALUE).forEach(role -> add(module.name(), role, args));
    }
  }

  private void addCaches(Collection<String> attentions) {
    args(config, "kv_cache_scheme", "config.json: quantization_config.")
        .ifPresent(
            args ->
                attentions.forEach(
                    attention -> {
                      // A group that means the module says more, and clients follow it.
                      if (!found.containsKey(new ActivationPoint(attention, Role.QUERY))) {
                        add(attention, Role.KEY, args);
                        add(attention, Role.VALUE, args);
                      }
                    }));
  }

  private void add(String module, Role role, QuantizationArgs args) {
    ActivationPoint point = new ActivationPoint(module, role);
    Map<String, TensorEntry> parameters = new HashMap<>();
    if (args.dynamic() == Dynamic.NO) {
      require(point, StoredActivation.SCALE, parameters);
      if (!args.symmetric()) {
        require(point, StoredActivation.ZERO_POINT, parameters);
      }
    }
    if (args.strategy() instanceof Strategy.TensorGroup) {
      require(point, StoredActivation.GLOBAL_SCALE, parameters);
    }
    found.put(point, new StoredActivation(args, parameters));
  }

  private void require(ActivationPoint point, String what, Map<String, TensorEntry> parameters) {
    String name = point.tensor(what);
    Optional<TensorEntry> entry = checkpoint.tensor(name);
    if (entry.isPresent()) {
      parameters.put(what, entry.get());
    } else {
      problems.add(
          "The checkpoint lacks the tensor "
              + name
              + ", by which config.json wants activations to be rounded");
    }
  }
}
