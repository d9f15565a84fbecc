/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.task.SliceStatistics.KeyedPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Sweeps a slice piece by piece while its parts are asked for: statistics of one piece are there at
 * a time, and gone when the next is run. What is not summed up leaves behind each micro-batch.
 */
public final class SliceSweep implements Iterator<KeyedPart>, AutoCloseable {
  private final List<Observation> observations;
  private final Iterator<Subgraph> pieces;
  private final SliceRun slice;
  private SliceStatistics statistics = new SliceStatistics(List.of());
  private Iterator<KeyedPart> current = Collections.emptyIterator();
  private boolean isRunning;

  SliceSweep(SubgraphTask task, List<Observation> observations, Iterator<byte[]> blocks) {
    this.observations = List.copyOf(observations);
    List<Subgraph> all = task.pieces(values(observations), Set.of(), observations);
    this.pieces = all.iterator();
    this.slice = new SliceRun(task, all, blocks);
  }

  private static Set<Value> values(List<Observation> observations) {
    Set<Value> values = new HashSet<>();
    observations.forEach(observation -> values.add(observation.value()));
    return values;
  }

  @Override
  public boolean hasNext() {
    while (!current.hasNext() && (isRunning || pieces.hasNext())) {
      if (!isRunning) {
        start(pieces.next());
      }
      isRunning = slice.step(statistics);
      current = isRunning ? statistics.streamed() : statistics.parts();
    }
    return current.hasNext();
  }

  private void start(Subgraph piece) {
    statistics.close();
    statistics = new SliceStatistics(ofPiece(piece));
    try {
      slice.start(piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The observations of values that a piece makes, or that it is given as the first. */
  private List<Observation> ofPiece(Subgraph piece) {
    Set<Value> there = slice.made(piece);
    List<Observation> found = new ArrayList<>();
    for (Observation observation : observations) {
      // One that is of another piece keeps its place, with nothing to gather.
      found.add(
          there.contains(observation.value())
              ? observation
              : new Observation(observation.value(), List.of()));
    }
    return found;
  }

  @Override
  public KeyedPart next() {
    if (!hasNext()) {
      throw new NoSuchElementException("All parts were handed out");
    }
    return current.next();
  }

  @Override
  public void close() {
    statistics.close();
    slice.close();
  }
}
