/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Targets;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.recipe.Recipe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Resolves a recipe against a checkpoint; every problem is said at once, and what a rule did not
 * find is a notice.
 */
public final class Planner {
  private static final String WEIGHT = ".weight";
  private static final String HEAD = "lm_head";
  private static final String TIED = "tie_word_embeddings";

  private final Checkpoint checkpoint;
  private final Recipe recipe;
  private final ModuleTree tree;
  private final Problems problems = new Problems();
  private final List<String> notices = new ArrayList<>();
  private final Map<String, ModulePlan> modules = new LinkedHashMap<>();
  private final Map<Modifier, Set<String>> usedRules = new LinkedHashMap<>();
  private final Map<Modifier, Set<String>> modulesOf = new LinkedHashMap<>();

  private Planner(Checkpoint checkpoint, Recipe recipe) {
    this.checkpoint = checkpoint;
    this.recipe = recipe;
    this.tree = ModuleTree.of(checkpoint);
    this.notices.addAll(tree.notices());
  }

  public static Plan plan(Checkpoint checkpoint, Recipe recipe, long maxShardBytes) {
    return new Planner(checkpoint, recipe).plan(maxShardBytes);
  }

  private Plan plan(long maxShardBytes) {
    if (checkpoint.config().member("quantization_config").isPresent()) {
      throw new RequestException(
          checkpoint.store().location()
              + " is quantized already: its config.json has a quantization_config. Give the dense model.");
    }
    recipe.modifiers().forEach(this::resolve);
    problems.throwIfAny();
    List<ModulePlan> ordered = inOrderOfCheckpoint();
    List<Shard> shards = Shard.plan(outputs(ordered), maxShardBytes);
    Json.Obj config = outputConfig();
    sayNarrow(ordered);
    sayStacked();
    return new Plan(recipe, ordered, tree.graph(), shards, config, notices);
  }

  private void resolve(Modifier modifier) {
    Set<String> used = usedRules.computeIfAbsent(modifier, key -> new LinkedHashSet<>());
    int problemsBefore = problems.found().size();
    for (ModuleInfo module : tree.modules()) {
      Optional<String> rule = modifier.targets().touching(module);
      if (rule.isPresent()) {
        used.add(rule.get());
        touch(modifier, module, rule.get());
      }
    }
    sayUnmatched(modifier, "target", modifier.targets().targets());
    sayUnmatched(modifier, "ignore", modifier.targets().ignore());
    boolean idle = modulesOf.getOrDefault(modifier, Set.of()).isEmpty();
    if (idle && problems.found().size() == problemsBefore) {
      problems.add(
          modifier.name()
              + " touches no module: its targets are "
              + modifier.targets().targets()
              + ", and the model's classes are "
              + tree.modules().stream().map(ModuleInfo::className).distinct().toList());
    }
  }

  private void sayUnmatched(Modifier modifier, String kind, List<String> rules) {
    Collection<String> names = new LinkedHashSet<>();
    tree.modules().forEach(module -> names.add(module.className()));
    tree.modules().forEach(module -> names.add(module.name()));
    for (String rule : rules) {
      if (tree.modules().stream().noneMatch(module -> Targets.matches(rule, module))) {
        notices.add(
            modifier.name()
                + ": the "
                + kind
                + " \""
                + rule
                + "\" matches no module."
                + Nearest.hint(rule, names));
      }
    }
  }

  private void touch(Modifier modifier, ModuleInfo module, String rule) {
    Optional<TensorEntry> weight = checkpoint.tensor(module.name() + WEIGHT);
    if (weight.isEmpty()) {
      notices.add(
          module.name()
              + " has no weight of its own in the checkpoint (tied to another?) and stays as it is");
      return;
    }
    TensorSpec spec = weight.get().spec();
    if (!module.className().equals(ModuleInfo.LINEAR)) {
      problems.add(
          module.name()
              + ": only "
              + ModuleInfo.LINEAR
              + " modules are quantized by this version, and its class is "
              + module.className()
              + ". Add it to ignore, or make the target \""
              + rule
              + "\" narrower");
      return;
    }
    if (spec.shape().rank() != 2 || spec.shape().elements() == 0 || !spec.dtype().isDenseFloat()) {
      problems.add(
          spec.name()
              + " of "
              + spec.dtype()
              + " "
              + spec.shape()
              + " is no matrix of floats: it cannot be quantized");
      return;
    }
    QuantizationArgs args = modifier.scheme().weights();
    long columns = spec.shape().dimension(1);
    if (columns % args.groupColumns(columns) != 0) {
      problems.add(
          module.name()
              + ": its "
              + columns
              + " columns are no multiple of the group size "
              + args.groupColumns(columns)
              + " of scheme "
              + modifier.scheme().name()
              + ". Add it to ignore, or take a scheme without groups");
      return;
    }
    String decidedBy = modifier.name() + " by target " + rule;
    ModulePlan plan =
        new ModulePlan(
            module.name(),
            weight.get(),
            modifier.scheme(),
            CompressionFormat.of(modifier.scheme()),
            modifier.solver(),
            decidedBy);
    ModulePlan earlier = modules.putIfAbsent(module.name(), plan);
    if (earlier != null) {
      problems.add(
          module.name()
              + " would be quantized twice: by "
              + earlier.decidedBy()
              + ", and by "
              + decidedBy
              + ". Add it to one's ignore");
      return;
    }
    modulesOf.computeIfAbsent(modifier, key -> new LinkedHashSet<>()).add(module.name());
  }

  private List<ModulePlan> inOrderOfCheckpoint() {
    List<ModulePlan> ordered = new ArrayList<>();
    for (TensorEntry entry : checkpoint.tensors().values()) {
      moduleOfWeight(entry.name()).ifPresent(ordered::add);
    }
    return ordered;
  }

  private Optional<ModulePlan> moduleOfWeight(String tensor) {
    return tensor.endsWith(WEIGHT)
        ? Optional.ofNullable(modules.get(tensor.substring(0, tensor.length() - WEIGHT.length())))
        : Optional.empty();
  }

  /** Every tensor of the output, those of a module in the place of its weight. */
  private List<TensorSpec> outputs(List<ModulePlan> ordered) {
    Map<String, ModulePlan> byWeight = new HashMap<>();
    ordered.forEach(module -> byWeight.put(module.weight().name(), module));
    List<TensorSpec> outputs = new ArrayList<>();
    for (TensorEntry entry : checkpoint.tensors().values()) {
      ModulePlan module = byWeight.get(entry.name());
      if (module == null) {
        outputs.add(entry.spec());
      } else {
        outputs.addAll(module.outputs());
      }
    }
    return outputs;
  }

  /**
   * The reference writes a short group here too; clients that count whole groups cannot read it.
   */
  private void sayNarrow(List<ModulePlan> ordered) {
    List<String> narrow =
        ordered.stream()
            .filter(module -> module.columns() < module.scheme().weights().groupSize().columns())
            .map(ModulePlan::module)
            .toList();
    if (!narrow.isEmpty()) {
      notices.add(
          narrow.size()
              + " modules, such as "
              + narrow.get(0)
              + ", have fewer columns than a group: they get one short group, which Transformers cannot load. Add them to ignore, or take a scheme without groups");
    }
  }

  /** Experts that are stacked in one tensor are no modules, and often most of a model. */
  private void sayStacked() {
    List<TensorEntry> stacked =
        checkpoint.tensors().values().stream()
            .filter(entry -> entry.spec().shape().rank() > 2 && entry.spec().dtype().isDenseFloat())
            .toList();
    long bytes = stacked.stream().mapToLong(entry -> entry.spec().bytes()).sum();
    if (!stacked.isEmpty()) {
      notices.add(
          stacked.size()
              + " tensors of three or more dimensions, such as "
              + stacked.get(0).name()
              + ", stay as they are: "
              + 100 * bytes / checkpoint.tensorBytes()
              + "% of the bytes");
    }
  }

  private Json.Obj outputConfig() {
    List<QuantizationConfig.Group> groups = new ArrayList<>();
    for (Modifier modifier : recipe.modifiers()) {
      Set<String> targets = new LinkedHashSet<>(modifier.targets().targets());
      targets.retainAll(usedRules.get(modifier));
      // With several groups a target by class could mean either: the modules are named.
      Set<String> clear = recipe.modifiers().size() == 1 ? targets : modulesOf.get(modifier);
      groups.add(
          new QuantizationConfig.Group(
              modifier.scheme(), CompressionFormat.of(modifier.scheme()), clear));
    }
    return untied(checkpoint.config())
        .with(
            "quantization_config",
            QuantizationConfig.json(groups, tree.modules(), modules.keySet()));
  }

  /** A head in codes can no longer be the embedding. */
  private Json.Obj untied(Json.Obj config) {
    boolean tied = new Json.Bool(true).equals(config.members().get(TIED));
    if (!tied || !modules.containsKey(HEAD)) {
      return config;
    }
    notices.add(
        HEAD + " is quantized and so no longer tied to the embedding: " + TIED + " becomes false");
    return config.with(TIED, new Json.Bool(false));
  }
}
