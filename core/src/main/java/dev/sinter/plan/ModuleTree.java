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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The modules of a checkpoint with their classes: from the graph where the family is known, else
 * guessed from the names and shapes of tensors. A guess is said.
 */
record ModuleTree(List<ModuleInfo> modules, Optional<Graph> graph, List<String> notices) {
  private static final String WEIGHT = ".weight";

  static ModuleTree of(Checkpoint checkpoint) {
    ModelConfig config = new ModelConfig(checkpoint.config());
    Optional<Architecture> family = Architectures.of(config);
    if (family.isEmpty()) {
      return guessed(checkpoint, "model_type \"" + config.modelType() + "\" is not a known family");
    }
    try {
      Graph graph = family.get().trace(config);
      return new ModuleTree(graph.modules(), Optional.of(graph), List.of());
    } catch (RequestException e) {
      return guessed(checkpoint, e.getMessage());
    }
  }

  private static ModuleTree guessed(Checkpoint checkpoint, String why) {
    boolean gpt2 = new ModelConfig(checkpoint.config()).modelType().equals("gpt2");
    List<ModuleInfo> modules = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (TensorEntry entry : checkpoint.tensors().values()) {
      if (entry.name().endsWith(WEIGHT) && entry.spec().dtype().isDenseFloat()) {
        String module = entry.name().substring(0, entry.name().length() - WEIGHT.length());
        String className = guess(module, entry.spec().shape().rank(), gpt2);
        modules.add(new ModuleInfo(module, className));
        counts.merge(className, 1, Integer::sum);
      }
    }
    return new ModuleTree(
        modules,
        Optional.empty(),
        List.of("Module classes are guessed from names, since " + why + ". Guessed: " + counts));
  }

  private static String guess(String module, int rank, boolean gpt2) {
    String last = module.substring(module.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (last.contains("embed") || last.equals("wte") || last.equals("wpe")) {
      return ModuleInfo.EMBEDDING;
    }
    if (rank != 2 || last.contains("norm") || last.startsWith("ln_")) {
      return "Norm or other";
    }
    if (last.equals("gate") || last.contains("router")) {
      return "Router";
    }
    // GPT-2 keeps its matrices as [inputs, outputs]: what is a row elsewhere is a column there.
    return gpt2 && last.startsWith("c_") ? "Conv1D" : ModuleInfo.LINEAR;
  }
}
