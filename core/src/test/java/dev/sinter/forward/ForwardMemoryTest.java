/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Sequences;
import dev.sinter.graph.Subgraph;
import dev.sinter.task.ActivationBlock;
import dev.sinter.task.RunContext;
import dev.sinter.task.SubgraphTask;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardMemoryTest {
  private static final int BATCHES = 1000;
  private static final int WARM_UP = 100;

  /**
   * What a heap and an allocator may do by themselves; a leak of one block a batch is 60 times it.
   */
  private static final long SLACK = 64L << 20;

  @TempDir private Path temp;

  @Test
  void aThousandBatchesTakeNoMoreMemoryThanAHundred() throws IOException {
    Path folder = TestData.golden().resolve("models").resolve("qwen3_moe-bf16");
    RunnableModel model = RunnableModel.open(folder.toString(), Optional.empty());
    RunContext run = model.context("memory", temp.toString(), 4, 1);
    List<SubgraphTask> tasks =
        model.subgraphs().stream()
            .map((Subgraph subgraph) -> new SubgraphTask(run, subgraph, List.of()))
            .toList();
    byte[] ids = ids();
    long warm = 0;
    long pointers = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
      if (batch == WARM_UP) {
        warm = Pointer.physicalBytes();
        pointers = Pointer.totalCount();
      }
      byte[] block = ids;
      for (SubgraphTask task : tasks) {
        block = task.advance(block);
      }
    }

    // The last weights that were leased stay cached, the same as after the hundredth batch.
    assertThat(Pointer.totalCount()).isEqualTo(pointers);
    assertThat(Pointer.physicalBytes() - warm).isLessThan(SLACK);
  }

  /** Four sequences of unequal lengths, whose logits take about a megabyte. */
  private static byte[] ids() {
    try (Scope scope = Scope.open()) {
      long[] ids = new long[40];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = i * 5L;
      }
      return new ActivationBlock(Sequences.of(16, 3, 20, 1), List.of(Tensors.of(ids, ids.length)))
          .encode();
    }
  }
}
