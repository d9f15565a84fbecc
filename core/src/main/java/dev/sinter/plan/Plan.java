/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.Graph;
import dev.sinter.json.Json;
import dev.sinter.recipe.Recipe;
import dev.sinter.weight.DenseTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe resolved against a checkpoint. What is no tensor of a module is copied, or made dense.
 * Modules stand in the order of the checkpoint's tensors; the graph is there when the family is
 * known; notices say what a person should know before the work starts.
 */
public record Plan(
    Recipe recipe,
    List<ModulePlan> modules,
    Optional<Graph> graph,
    List<Shard> shards,
    Map<String, TensorEntry> copied,
    Map<String, DenseTensor> dense,
    Json.Obj outputConfig,
    List<String> notices) {
  public Plan {
    modules = List.copyOf(modules);
    shards = List.copyOf(shards);
    copied = Map.copyOf(copied);
    dense = Map.copyOf(dense);
    notices = List.copyOf(notices);
  }

  /** The bytes of all tensors of the output. */
  public long outputBytes() {
    return shards.stream().mapToLong(shard -> shard.layout().tensorBytes()).sum();
  }
}
