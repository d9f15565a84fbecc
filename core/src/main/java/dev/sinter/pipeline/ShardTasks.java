/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.session.Workspace;
import dev.sinter.task.ShardPiece;
import dev.sinter.task.ShardTask;
import dev.sinter.task.SolvedUnit;
import dev.sinter.weight.DenseTensor;
import dev.sinter.weight.ParameterSource.Plain;
import dev.sinter.weight.WeightSource;
import java.io.IOException;
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
   * @param workspace holds the modules that were solved before; all others are solved while their
   *     shard is written
   */
  static List<ShardTask> of(Plan plan, Workspace workspace, Rescalings rescalings, Notices notices)
      throws IOException {
    Collection<SolvedUnit> solved = workspace.solvedUnits().values();
    Map<String, ShardPiece> pieces = new HashMap<>();
    plan.copied().forEach((name, entry) -> pieces.put(name, copied(entry, rescalings)));
    plan.dense().forEach((name, tensor) -> pieces.put(name, dense(tensor, rescalings)));
    Map<String, ShardPiece> ofModules = new HashMap<>();
    Map<String, String> parameters = new HashMap<>();
    for (SolvedUnit unit : solved) {
      ShardPiece piece = new ShardPiece.Solved(unit.file().name());
      unit.modules().forEach(module -> ofModules.put(module.module(), piece));
      unit.parameters().forEach(name -> pieces.put(name, piece));
      unit.parameters().forEach(name -> parameters.put(name, unit.file().name()));
    }
    plan.activations().stream()
        .filter(ActivationPlan::isSet)
        .forEach(
            activation ->
                activation
                    .outputs()
                    .forEach(spec -> pieces.put(spec.name(), new ShardPiece.SetRange(activation))));
    pieces.putAll(UnseenExperts.pieces(plan, workspace, parameters, notices));
    notices.addAll(ScarceExperts.notices(plan, solved));
    for (ModulePlan module : plan.modules()) {
      ShardPiece piece =
          ofModules.getOrDefault(module.module(), new ShardPiece.Solving(rescalings.apply(module)));
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

  private static ShardPiece copied(TensorEntry entry, Rescalings rescalings) {
    if (!rescalings.touch(entry.name())) {
      return new ShardPiece.Copied(entry);
    }
    WeightSource stored = new Plain(entry).matrix().orElseThrow();
    return new ShardPiece.Dense(List.of(rescalings.stored(entry.name(), stored)));
  }

  private static ShardPiece dense(DenseTensor tensor, Rescalings rescalings) {
    String name = tensor.spec().name();
    if (!rescalings.touch(name)) {
      return new ShardPiece.Dense(tensor.matrices());
    }
    if (tensor.matrices().size() != 1) {
      throw new IllegalArgumentException(name + " is smoothed in parts");
    }
    return new ShardPiece.Dense(List.of(rescalings.stored(name, tensor.matrices().get(0))));
  }
}
