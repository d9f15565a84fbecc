/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.architecture.Architecture;
import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.Graph;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The modules of a checkpoint with their classes: from the graph where the family is known, else
 * guessed from the names and shapes of tensors. A guess is said.
 */
record ModuleTree(List<ModuleInfo> modules, Optional<Graph> graph, List<String> notices) {
  private static final String WEIGHT = ".weight";
  private static final String HEAD = "lm_head";

  static ModuleTree of(Checkpoint checkpoint) {
    ModelConfig config = new ModelConfig(checkpoint.config());
    Optional<Architecture> family = Architectures.of(config);
    if (family.isEmpty()) {
      return guessed(checkpoint, "model_type \"" + config.modelType() + "\" is not a known family");
    }
    try {
      return traced(checkpoint, family.get().trace(config));
    } catch (RequestException e) {
      return guessed(checkpoint, e.getMessage());
    }
  }

  /**
   * The graph's modules, and those of weights that lie in the checkpoint although no node reads
   * them.
   */
  private static ModuleTree traced(Checkpoint checkpoint, Graph graph) {
    Set<String> known = new HashSet<>();
    graph.modules().forEach(module -> known.add(module.name()));
    List<ModuleInfo> extra =
        guess(checkpoint).stream().filter(module -> !known.contains(module.name())).toList();
    List<ModuleInfo> all = new ArrayList<>(graph.modules());
    all.addAll(extra);
    List<String> notices =
        extra.isEmpty()
            ? List.of()
            : List.of(
                "The model that config.json describes has no use for these weights of the checkpoint, whose classes are guessed: "
                    + extra.stream().map(m -> m.name() + " (" + m.className() + ")").toList());
    return new ModuleTree(all, Optional.of(graph), notices);
  }

  private static ModuleTree guessed(Checkpoint checkpoint, String why) {
    List<ModuleInfo> modules = guess(checkpoint);
    Map<String, Integer> counts = new TreeMap<>();
    modules.forEach(module -> counts.merge(module.className(), 1, Integer::sum));
    // A head that is tied to the embedding has no weight of its own, and clients know it all the
    // same.
    if (checkpoint.tensor(HEAD + WEIGHT).isEmpty()) {
      modules.add(new ModuleInfo(HEAD, ModuleInfo.LINEAR));
    }
    return new ModuleTree(
        modules,
        Optional.empty(),
        List.of(
            "Module classes are guessed from names, since " + why + ". Guessed: " + text(counts)));
  }

  private static List<ModuleInfo> guess(Checkpoint checkpoint) {
    boolean gpt2 = new ModelConfig(checkpoint.config()).modelType().equals("gpt2");
    List<ModuleInfo> modules = new ArrayList<>();
    for (TensorEntry entry : checkpoint.tensors().values()) {
      if (entry.name().endsWith(WEIGHT) && entry.spec().dtype().isDenseFloat()) {
        String module = entry.name().substring(0, entry.name().length() - WEIGHT.length());
        modules.add(new ModuleInfo(module, guess(module, entry.spec().shape(), gpt2)));
      }
    }
    return modules;
  }

  private static String guess(String module, Shape shape, boolean gpt2) {
    String last = module.substring(module.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (last.contains("embed") || last.equals("wte") || last.equals("wpe")) {
      return ModuleInfo.EMBEDDING;
    }
    if (shape.rank() != 2 || last.contains("norm") || last.startsWith("ln_")) {
      return "Norm or other";
    }
    if (last.equals("gate") || last.contains("router") || shape.dimension(0) == 1) {
      return ModuleInfo.ROUTER;
    }
    // GPT-2 keeps its matrices as [inputs, outputs]: what is a row elsewhere is a column there.
    return gpt2 && last.startsWith("c_") ? "Conv1D" : ModuleInfo.LINEAR;
  }

  private static String text(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }
}
