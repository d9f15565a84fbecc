/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.task.ShardPiece;
import dev.sinter.task.ShardTask;
import dev.sinter.task.SolvedUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says for each tensor of each shard where its bytes come from. */
final class ShardTasks {
  private ShardTasks() {}

  /**
   * The tasks of a plan.
   *
   * @param solved the units of modules that were solved before; all others are solved while their
   *     shard is written
   */
  static List<ShardTask> of(Plan plan, Collection<SolvedUnit> solved) {
    Map<String, ShardPiece> pieces = new HashMap<>();
    plan.copied().forEach((name, entry) -> pieces.put(name, new ShardPiece.Copied(entry)));
    plan.dense()
        .forEach((name, tensor) -> pieces.put(name, new ShardPiece.Dense(tensor.matrices())));
    Map<String, ShardPiece> ofModules = new HashMap<>();
    for (SolvedUnit unit : solved) {
      ShardPiece piece = new ShardPiece.Solved(unit.file().name());
      unit.modules().forEach(module -> ofModules.put(module.module(), piece));
      unit.parameters().forEach(name -> pieces.put(name, piece));
    }
    for (ModulePlan module : plan.modules()) {
      ShardPiece piece = ofModules.getOrDefault(module.module(), new ShardPiece.Solving(module));
      module.outputs().forEach(spec -> pieces.put(spec.name(), piece));
    }
    List<ShardTask> tasks = new ArrayList<>();
    for (Shard shard : plan.shards()) {
      Map<String, ShardPiece> own = new HashMap<>();
      for (TensorSpec spec : shard.layout().tensors()) {
        own.put(spec.name(), pieces.get(spec.name()));
      }
      tasks.add(new ShardTask(shard, own));
    }
    return tasks;
  }
}
