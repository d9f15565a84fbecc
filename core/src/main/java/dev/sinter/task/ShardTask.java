/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.Shard;
import java.io.IOException;
import java.util.Map;

/** Writes one shard of the output; says for each tensor where its bytes come from. */
public record ShardTask(Shard shard, Map<String, ShardPiece> pieces) implements Task<SolvedUnit> {
  public ShardTask {
    pieces = Map.copyOf(pieces);
  }

  /** The shard, committed, and figures about the modules that were solved for it. */
  @Override
  public SolvedUnit run(RunContext run) throws IOException {
    run.enterTask();
    try (ShardWriter writer = new ShardWriter(run, this)) {
      return writer.write();
    }
  }
}
