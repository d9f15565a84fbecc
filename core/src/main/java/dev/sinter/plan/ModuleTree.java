/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.architecture.Architecture;
import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.architecture.TraceOptions;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.Graph;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.problem.RequestException;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ModuleClasses;
import dev.sinter.weight.ModuleSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The modules of a checkpoint with their classes: from the graph where the family can be run, else
 * from names. A guess is said.
 */
record ModuleTree(List<ModuleInfo> modules, Optional<Graph> graph, List<String> notices) {
  private static final String HEAD = "lm_head";

  /** A notice names so many modules at most. */
  private static final int MOST_NAMED = 5;

  static ModuleTree of(Checkpoint checkpoint, CheckpointWeights weights) {
    ModelConfig config = new ModelConfig(checkpoint.config());
    Optional<Architecture> family = Architectures.of(config);
    if (family.isEmpty()) {
      return named(config, weights);
    }
    try {
      return traced(
          config,
          weights,
          family.get().trace(config, TraceOptions.of(checkpoint.tensors().keySet())));
    } catch (RequestException e) {
      return named(config, weights);
    }
  }

  /**
   * The graph's modules, and those of weights that lie in the checkpoint although no node reads
   * them. If the checkpoint calls all modules otherwise, it knows better.
   */
  private static ModuleTree traced(ModelConfig config, CheckpointWeights weights, Graph graph) {
    Set<String> known = new HashSet<>();
    graph.modules().forEach(module -> known.add(module.name()));
    List<ModuleInfo> stored = byNames(config, weights);
    List<ModuleInfo> extra =
        stored.stream().filter(module -> !known.contains(module.name())).toList();
    boolean foreign = !stored.isEmpty() && extra.size() == stored.size();
    List<ModuleInfo> all = new ArrayList<>(foreign ? List.of() : graph.modules());
    all.addAll(extra);
    return new ModuleTree(all, Optional.of(graph), unused(extra));
  }

  /** What stands beside the language model is told elsewhere. */
  private static List<String> unused(List<ModuleInfo> extra) {
    List<ModuleInfo> unused =
        extra.stream().filter(module -> module.reach() == Reach.CLASS).toList();
    if (unused.isEmpty()) {
      return List.of();
    }
    String first =
        unused.stream()
            .limit(MOST_NAMED)
            .map(module -> module.name() + " (" + module.className() + ")")
            .collect(Collectors.joining(", "));
    return List.of(
        "The model that config.json describes has no use for "
            + unused.size()
            + " weights of the checkpoint, whose classes are guessed: "
            + first
            + (unused.size() > MOST_NAMED ? ", ..." : ""));
  }

  private static ModuleTree named(ModelConfig config, CheckpointWeights weights) {
    List<ModuleInfo> modules = byNames(config, weights);
    // A head that is tied to the embedding has no weight of its own, and clients know it all the
    // same.
    if (modules.stream().noneMatch(module -> module.name().equals(HEAD))) {
      modules.add(new ModuleInfo(HEAD, ModuleInfo.LINEAR));
    }
    Map<String, Integer> counts = new TreeMap<>();
    modules.forEach(module -> counts.merge(module.className(), 1, Integer::sum));
    if (new ModuleClasses(config).namesTell()) {
      return new ModuleTree(modules, Optional.empty(), List.of());
    }
    return new ModuleTree(
        modules,
        Optional.empty(),
        List.of(
            "Module classes are guessed from names, since model_type \""
                + config.modelType()
                + "\" is not a known family. Guessed: "
                + text(counts)
                + examples(modules)));
  }

  private static List<ModuleInfo> byNames(ModelConfig config, CheckpointWeights weights) {
    ModuleClasses classes = new ModuleClasses(config);
    List<ModuleInfo> modules = new ArrayList<>();
    for (ModuleSource module : weights.modules().values()) {
      modules.add(classes.of(module.module()));
    }
    return modules;
  }

  private static String text(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }

  /** What is guessed of which names, by their last part. */
  private static String examples(List<ModuleInfo> modules) {
    Map<String, Set<String>> names = new TreeMap<>();
    modules.forEach(
        module ->
            names
                .computeIfAbsent(module.className(), key -> new TreeSet<>())
                .add(module.name().substring(module.name().lastIndexOf('.') + 1)));
    return names.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + String.join(", ", entry.getValue()))
        .collect(Collectors.joining("; ", " (", ")"));
  }
}
