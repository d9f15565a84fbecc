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
import java.util.Optional;
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
  private Optional<Pass> pass = Optional.empty();

  SliceRun(SubgraphTask task, List<Subgraph> pieces, Iterator<byte[]> blocks) {
    this.task = task;
    this.pieces = List.copyOf(pieces);
    this.blocks = blocks;
  }

  /** What comes to be in a piece; what it is given was looked at where it came to be. */
  Set<Value> made(Subgraph piece) {
    Set<Value> made = new HashSet<>();
    piece.nodes().forEach(node -> made.add(node.output()));
    if (piece.equals(pieces.get(0))) {
      made.addAll(task.subgraph().inputs());
    }
    return made;
  }

  /** A piece with its weights at hand, and the micro-batches that have yet to pass it. */
  private record Pass(
      Subgraph piece,
      Set<Value> observable,
      Interpreter interpreter,
      WeightCache.Lease lease,
      Iterator<LiveBatch> left) {}

  /** Runs a piece on all micro-batches; pieces come in their order. */
  void run(Subgraph piece, SliceStatistics statistics) throws IOException {
    start(piece);
    boolean more = true;
    while (more) {
      more = step(statistics);
    }
  }

  /** Loads the weights of a piece; pieces come in their order. */
  void start(Subgraph piece) throws IOException {
    task.run().enterTask();
    end();
    if (pieces.size() > 1 && piece.equals(pieces.get(0))) {
      blocks.forEachRemaining(block -> batches.add(new LiveBatch(block, task.subgraph().inputs())));
    }
    pass =
        Optional.of(
            new Pass(
                piece,
                made(piece),
                new Interpreter(piece.nodes()),
                task.lease(piece.nodes()),
                batches.iterator()));
  }

  /** Runs the piece on the next micro-batch; says whether there was one. */
  boolean step(SliceStatistics statistics) {
    Pass now = pass.orElseThrow();
    if (pieces.size() > 1 ? !now.left.hasNext() : !blocks.hasNext()) {
      end();
      return false;
    }
    if (pieces.size() > 1) {
      run(now.left.next(), now, statistics);
    } else {
      try (LiveBatch batch = new LiveBatch(blocks.next(), task.subgraph().inputs())) {
        run(batch, now, statistics);
      }
    }
    return true;
  }

  private void end() {
    pass.ifPresent(now -> now.lease.close());
    pass = Optional.empty();
  }

  private static void run(LiveBatch batch, Pass pass, SliceStatistics statistics) {
    Set<Value> observed = new HashSet<>(statistics.values());
    observed.retainAll(pass.observable);
    batch.run(
        pass.piece,
        pass.interpreter,
        pass.lease.weights(),
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
    end();
    batches.forEach(LiveBatch::close);
    batches.clear();
  }
}
