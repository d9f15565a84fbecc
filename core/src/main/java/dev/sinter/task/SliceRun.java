/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A slice on its way through the pieces of a subgraph. All micro-batches pass a piece before the
 * next piece's weights are loaded; where there is one piece, a micro-batch is there at a time.
 */
final class SliceRun implements AutoCloseable {
  private final SubgraphTask task;
  private final List<Subgraph> pieces;
  private final Iterator<byte[]> blocks;
  private final List<LiveBatch> batches = new ArrayList<>();

  SliceRun(SubgraphTask task, List<Subgraph> pieces, Iterator<byte[]> blocks) {
    this.task = task;
    this.pieces = List.copyOf(pieces);
    this.blocks = blocks;
  }

  /** What comes to be in a piece; what it is given was looked at where it came to be. */
  Set<Value> made(Subgraph piece) {
    Set<Value> made = new HashSet<>();
    piece.nodes().forEach(node -> made.add(node.output()));
    if (piece == pieces.get(0)) {
      made.addAll(task.subgraph().inputs());
    }
    return made;
  }

  /** Runs a piece on all micro-batches; pieces come in their order. */
  void run(Subgraph piece, SliceStatistics statistics) throws IOException {
    task.run().enterTask();
    Interpreter interpreter = new Interpreter(piece.nodes());
    Set<Value> observed = new HashSet<>(statistics.values());
    observed.retainAll(made(piece));
    try (WeightCache.Lease lease = task.lease(piece.nodes())) {
      if (pieces.size() == 1) {
        while (blocks.hasNext()) {
          try (LiveBatch batch = new LiveBatch(blocks.next(), task.subgraph().inputs())) {
            run(batch, piece, observed, interpreter, lease, statistics);
          }
        }
        return;
      }
      if (piece == pieces.get(0)) {
        blocks.forEachRemaining(
            block -> batches.add(new LiveBatch(block, task.subgraph().inputs())));
      }
      for (LiveBatch batch : batches) {
        run(batch, piece, observed, interpreter, lease, statistics);
      }
    }
  }

  private static void run(
      LiveBatch batch,
      Subgraph piece,
      Set<Value> observed,
      Interpreter interpreter,
      WeightCache.Lease lease,
      SliceStatistics statistics) {
    batch.run(
        piece,
        interpreter,
        lease.weights(),
        observed,
        (value, x_NC) -> statistics.observe(value, x_NC, batch.sequences()));
  }

  /** The micro-batches as they are behind the last piece, each freed when it was taken. */
  Iterator<byte[]> encoded(List<Value> outputs) {
    Iterator<LiveBatch> left = batches.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return left.hasNext();
      }

      @Override
      public byte[] next() {
        try (LiveBatch batch = left.next()) {
          return batch.encode(outputs);
        }
      }
    };
  }

  @Override
  public void close() {
    batches.forEach(LiveBatch::close);
    batches.clear();
  }
}
