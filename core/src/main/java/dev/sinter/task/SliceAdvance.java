/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;

/**
 * The inputs of the next subgraph for the micro-batches of a slice, and what passes on the way is
 * taken in. One micro-batch after the other where the subgraph is run in one piece, else all of
 * them through piece after piece.
 */
public final class SliceAdvance implements Iterator<byte[]>, AutoCloseable {
  private final SubgraphTask task;
  private final Iterator<byte[]> blocks;
  private final SliceStatistics statistics;
  private final List<Subgraph> pieces;
  private final SliceRun slice;
  private Iterator<byte[]> encoded = Collections.emptyIterator();

  SliceAdvance(SubgraphTask task, Iterator<byte[]> blocks, SliceStatistics statistics) {
    this.task = task;
    this.blocks = blocks;
    this.statistics = statistics;
    this.pieces =
        task.pieces(
            statistics.values(), new HashSet<>(task.subgraph().outputs()), statistics.observed());
    this.slice = new SliceRun(task, pieces, blocks);
  }

  @Override
  public boolean hasNext() {
    return encoded.hasNext() || blocks.hasNext();
  }

  @Override
  public byte[] next() {
    try {
      if (pieces.size() == 1) {
        return advance(blocks.next());
      }
      if (!encoded.hasNext()) {
        for (Subgraph piece : pieces) {
          slice.run(piece, statistics);
        }
        encoded = slice.encoded(outputs());
      }
      return encoded.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] advance(byte[] block) throws IOException {
    Subgraph whole = pieces.get(0);
    task.run().enterTask();
    try (WeightCache.Lease lease = task.lease(whole.nodes());
        LiveBatch batch = new LiveBatch(block, task.subgraph().inputs())) {
      batch.run(
          whole,
          new Interpreter(whole.nodes()),
          lease.weights(),
          statistics.values(),
          (value, x_NC) -> statistics.observe(value, x_NC, batch.sequences()));
      return batch.encode(outputs());
    }
  }

  private List<Value> outputs() {
    return task.subgraph().outputs();
  }

  @Override
  public void close() {
    slice.close();
  }
}
