/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.ModulePlan;
import dev.sinter.weight.WeightSource;
import java.io.Serializable;
import java.util.List;

/** Where the bytes of a tensor of the output come from. */
public sealed interface ShardPiece extends Serializable {

  /** From the checkpoint, as they are. */
  record Copied(TensorEntry from) implements ShardPiece {}

  /** From a file of the workspace, where a task has left what it solved. */
  record Solved(String file) implements ShardPiece {}

  /** From a file of the workspace, a tensor of another name. */
  record SolvedAs(String file, String name) implements ShardPiece {}

  /** Dense matrices, one below the other, from whatever they are stored in. */
  record Dense(List<WeightSource> matrices) implements ShardPiece {
    public Dense {
      matrices = List.copyOf(matrices);
    }
  }

  /** A parameter of an activation whose range is set. */
  record SetRange(ActivationPlan activation) implements ShardPiece {}

  /** A module that is solved without data, while the shard is written. */
  record Solving(ModulePlan module) implements ShardPiece {}
}
