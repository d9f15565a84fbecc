/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.Missing;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.Solver;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.recipe.Recipe;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ConvertedWeight;
import dev.sinter.weight.ModuleSource;
import dev.sinter.weight.TransposedWeight;
import dev.sinter.weight.WeightSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Resolves a recipe against a checkpoint; every problem is said at once, and what a rule did not
 * find is a notice. A recipe without modifiers makes the checkpoint dense.
 */
public final class Planner {
  private static final String WEIGHT = ".weight";

  /** The classes of modules whose weights can be in codes. */
  private static final Set<String> QUANTIZED =
      Set.of(ModuleInfo.LINEAR, ModuleInfo.EMBEDDING, ModuleInfo.CONV1D);

  private final Checkpoint checkpoint;
  private final Recipe recipe;
  private final OutputSettings settings;
  private final TiedHead head;
  private final CheckpointWeights weights;
  private final ModuleTree tree;
  private final Problems problems = new Problems();
  private final List<String> notices = new ArrayList<>();
  private final Map<String, ModulePlan> modules = new LinkedHashMap<>();

  /** Modules without weights by the target that means them. */
  private final Map<String, List<String>> containers = new LinkedHashMap<>();

  private final Misfits misfits = new Misfits();
  private final AttentionModules attention;
  private final List<Resolved> resolutions = new ArrayList<>();
  private final Set<String> missing = new LinkedHashSet<>();
  private Optional<QuantizationArgs> kvCache = Optional.empty();
  private final OutputGroups outputGroups;

  private Planner(Checkpoint checkpoint, Recipe recipe, OutputSettings settings) {
    this.checkpoint = checkpoint;
    this.recipe = recipe;
    this.settings = settings;
    this.head = new TiedHead(checkpoint, CheckpointWeights.of(checkpoint), settings.ties());
    this.weights = head.weights();
    this.tree = ModuleTree.of(checkpoint, weights);
    this.outputGroups = new OutputGroups(tree.modules());
    this.attention = new AttentionModules(tree, misfits);
  }

  public static Plan plan(Checkpoint checkpoint, Recipe recipe, OutputSettings settings) {
    return new Planner(checkpoint, recipe, settings).plan();
  }

  private Plan plan() {
    weights.problems().forEach(problems::add);
    problems.throwIfAny();
    if (!recipe.modifiers().isEmpty()) {
      notices.addAll(tree.notices());
    } else if (!weights.hasCodes() && settings.dtype().isEmpty()) {
      throw new RequestException(
          checkpoint.store().location() + " is dense already: none of its weights are in codes");
    }
    missing.addAll(recipe.missing());
    recipe.modifiers().forEach(this::resolve);
    kvCache = attention.caches(kvCache);
    attention.requireAll(problems);
    misfits.say(problems);
    sayContainers();
    problems.throwIfAny();
    FusedSets fused = new FusedSets(tree.graph());
    Map<String, ModulePlan> planned = SharedScales.resolve(inOrderOfCheckpoint(), fused);
    List<ModuleRow> rows = rows(planned);
    ServingAdvice.sayMixed(rows, fused, notices);
    new PlanRules(tree.modules(), resolutions).sayUnmatched(notices);
    Siblings.sayLeft(rows, notices);
    List<ActivationPlan> activations =
        new ActivationPlans(checkpoint, tree, settings.dtype(), problems)
            .of(planned, kvCache, attention.byModule());
    List<SmoothingPlan> smoothings =
        new SmoothingPlans(tree, weights, settings.dtype(), notices, problems)
            .of(recipe.modifiers(), planned);
    problems.throwIfAny();
    Outputs outputs =
        Outputs.of(checkpoint, weights, planned, activations, smoothings, settings.dtype());
    head.addTo(outputs, planned);
    long bytes = outputs.groups().stream().flatMap(List::stream).mapToLong(TensorSpec::bytes).sum();
    List<Shard> shards = Shard.plan(outputs.groups(), settings.shardBytes(bytes));
    new PlanNotices(checkpoint, weights, tree, planned, outputs).addTo(notices);
    Set<String> named = new LinkedHashSet<>(planned.keySet());
    named.addAll(attention.byModule().keySet());
    Json.Obj config =
        OutputConfig.of(
            head.untied(checkpoint.config(), planned.keySet(), notices),
            settings,
            outputGroups.of(resolutions),
            attention.groups(),
            kvCache,
            tree.modules(),
            named);
    return new Plan(
        recipe,
        List.copyOf(planned.values()),
        activations,
        smoothings,
        rows,
        PlanRules.of(resolutions),
        kvCache,
        tree.graph(),
        shards,
        outputs.copied(),
        outputs.dense(),
        config,
        List.copyOf(missing),
        notices,
        ServingAdvice.tensorParallelism(List.copyOf(planned.values())));
  }

  /** What the methods make of the model, in their order. */
  record Resolved(Modifier modifier, Resolution resolution) {}

  private void resolve(Modifier modifier) {
    int problemsBefore = problems.found().size();
    Resolution resolution = modifier.targets().resolve(tree.modules());
    resolutions.add(new Resolved(modifier, resolution));
    resolution.problems().forEach(problem -> problems.add(modifier.name() + ": " + problem));
    for (ModuleInfo module : tree.modules()) {
      Resolution.Match match = resolution.touched().get(module.name());
      if (match != null && match.group().isPresent() && modifier.solver().isPresent()) {
        touch(modifier, modifier.solver().get(), module, match);
      }
    }
    resolution.attention().forEach(use -> attention.add(modifier, use, problems));
    resolution.kvCache().ifPresent(args -> keep(modifier, args));
    boolean idle =
        modifier.solver().isPresent()
            && resolution.kvCache().isEmpty()
            && resolution.attention().stream().allMatch(use -> use.targets().isEmpty())
            && !outputGroups.hasAny(modifier)
            && misfits.isEmpty();
    if (idle && problems.found().size() == problemsBefore) {
      problems.add(
          modifier.name()
              + " touches no module: its "
              + PlanRules.described(resolution)
              + ", and the model's classes are "
              + tree.modules().stream().map(ModuleInfo::className).distinct().toList());
    }
  }

  /** Caches have one form for the whole model. */
  private void keep(Modifier modifier, QuantizationArgs args) {
    if (kvCache.isPresent() && !kvCache.get().equals(args)) {
      problems.add(
          modifier.name() + ": another modifier says already how keys and values are kept");
    }
    kvCache = Optional.of(args);
  }

  private List<ModuleRow> rows(Map<String, ModulePlan> planned) {
    List<ModuleRow> rows = new ArrayList<>();
    for (ModuleInfo module : tree.modules()) {
      Optional<ModulePlan> plan = Optional.ofNullable(planned.get(module.name()));
      Optional<ModuleSource> source = Optional.ofNullable(weights.modules().get(module.name()));
      List<String> touchedBy =
          resolutions.stream()
              .filter(resolved -> resolved.resolution.touched().containsKey(module.name()))
              .map(resolved -> resolved.modifier.name())
              .toList();
      String held =
          resolutions.stream()
              .map(resolved -> resolved.resolution.held().get(module.name()))
              .filter(Objects::nonNull)
              .findFirst()
              .orElseGet(() -> idle(module, source));
      rows.add(
          new ModuleRow(
              module, source, plan, plan.map(ModulePlan::decidedBy).orElse(held), touchedBy));
    }
    return rows;
  }

  private static String idle(ModuleInfo module, Optional<ModuleSource> source) {
    if (source.isEmpty()) {
      return "no weight of its own";
    }
    return module.reach() == ModuleInfo.Reach.NAME
        ? "beside the language model, and no rule names it"
        : "no rule means it";
  }

  private void touch(Modifier modifier, Solver solver, ModuleInfo module, Resolution.Match match) {
    String target = match.target();
    SchemeGroup group = match.group().orElseThrow();
    outputGroups.meant(modifier, group, target);
    Optional<ModuleSource> source = Optional.ofNullable(weights.modules().get(module.name()));
    Optional<TensorEntry> stored = checkpoint.tensor(module.name() + WEIGHT);
    if (source.isEmpty() && stored.isEmpty()) {
      if (QUANTIZED.contains(module.className())) {
        notices.add(
            module.name()
                + " has no weight of its own in the checkpoint (tied to another?) and stays as it is");
      } else {
        containers.computeIfAbsent(target, key -> new ArrayList<>()).add(module.name());
      }
      return;
    }
    if (!QUANTIZED.contains(module.className())) {
      problems.add(
          module.name()
              + ": only modules of the classes Linear and Embedding are quantized, and its class is "
              + module.className()
              + ". Add it to ignore, or make the target \""
              + target
              + "\" narrower");
      return;
    }
    if (source.isEmpty() || source.get().weight().shape().elements() == 0) {
      TensorSpec spec = stored.map(TensorEntry::spec).orElseThrow();
      problems.add(
          spec.name()
              + " of "
              + spec.dtype()
              + " "
              + spec.shape()
              + " is no matrix of floats: it cannot be quantized");
      return;
    }
    ModulePlan plan = plan(modifier, solver, module, match, source.get());
    if (!misfits.fits(plan)) {
      return;
    }
    Missing.of(plan.scheme()).forEach(what -> missing.add(plan.scheme().name() + ": " + what));
    ModulePlan earlier = modules.putIfAbsent(module.name(), plan);
    if (earlier != null) {
      misfits.add(
          " would be quantized twice: by "
              + earlier.decidedBy()
              + ", and by "
              + plan.decidedBy()
              + ". Let one of them ignore it, or take one out",
          module.name());
      return;
    }
    outputGroups.quantized(modifier, group, module.name());
  }

  private ModulePlan plan(
      Modifier modifier,
      Solver solver,
      ModuleInfo module,
      Resolution.Match match,
      ModuleSource source) {
    SchemeGroup group = match.group().orElseThrow();
    WeightSource stored =
        module.className().equals(ModuleInfo.CONV1D)
            ? TransposedWeight.of(source.weight())
            : source.weight();
    WeightSource weight =
        settings.dtype().map(dtype -> ConvertedWeight.of(stored, dtype)).orElse(stored);
    return new ModulePlan(
        module.name(),
        weight,
        group.scheme(),
        settings.form() == Form.DENSE ? CompressionFormat.DENSE : group.format(),
        solver,
        List.of(),
        modifier.name()
            + (group.targets().isEmpty() ? " by rule " : " by target ")
            + match.target());
  }

  private void sayContainers() {
    containers.forEach(
        (target, names) ->
            notices.add(
                "The target \""
                    + target
                    + "\" also means "
                    + names.size()
                    + " modules without weights, such as "
                    + names.get(0)
                    + ". Transformers refuses that; write an expression that ends with the linear"
                    + " modules, such as re:.*_proj$"));
  }

  private Map<String, ModulePlan> inOrderOfCheckpoint() {
    Map<String, ModulePlan> ordered = new LinkedHashMap<>();
    weights.modules().keySet().stream()
        .filter(modules::containsKey)
        .forEach(name -> ordered.put(name, modules.get(name)));
    return ordered;
  }
}
