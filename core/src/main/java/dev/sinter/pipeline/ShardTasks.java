/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.task.ShardTask;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says for each tensor of each shard where its bytes come from. */
final class ShardTasks {
  private ShardTasks() {}

  private record Block(long firstRow, String file) {}

  static List<ShardTask> of(Plan plan, Checkpoint checkpoint, Collection<SolvedUnit> units) {
    Map<String, List<String>> filesOfModule = filesOfModule(units);
    Map<String, List<String>> filesOfTensor = new HashMap<>();
    for (ModulePlan module : plan.modules()) {
      List<String> files = filesOfModule.get(module.module());
      module.outputs().forEach(spec -> filesOfTensor.put(spec.name(), files));
    }
    List<ShardTask> tasks = new ArrayList<>();
    for (Shard shard : plan.shards()) {
      Map<String, TensorEntry> copied = new HashMap<>();
      Map<String, List<String>> solved = new HashMap<>();
      for (TensorSpec spec : shard.layout().tensors()) {
        if (filesOfTensor.containsKey(spec.name())) {
          solved.put(spec.name(), filesOfTensor.get(spec.name()));
        } else {
          copied.put(spec.name(), checkpoint.tensor(spec.name()).orElseThrow());
        }
      }
      tasks.add(new ShardTask(shard, copied, solved));
    }
    return tasks;
  }

  /** The files of the workspace that hold a module's blocks, in the order of the rows. */
  private static Map<String, List<String>> filesOfModule(Collection<SolvedUnit> units) {
    Map<String, List<Block>> blocks = new HashMap<>();
    for (SolvedUnit unit : units) {
      for (ModuleFigures module : unit.modules()) {
        blocks
            .computeIfAbsent(module.module(), key -> new ArrayList<>())
            .add(new Block(module.firstRow(), unit.file()));
      }
    }
    Map<String, List<String>> files = new HashMap<>();
    blocks.forEach(
        (module, rows) -> {
          rows.sort(Comparator.comparingLong(Block::firstRow));
          files.put(module, rows.stream().map(Block::file).toList());
        });
    return files;
  }
}
