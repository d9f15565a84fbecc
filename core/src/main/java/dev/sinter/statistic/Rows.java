/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.bytedeco.pytorch.Tensor;

/**
 * The rows themselves, for a task elsewhere that computes with them. They are held until they are
 * asked for, and not longer: a part is a few rows of a micro-batch, at (micro-batch, place in it),
 * and every micro-batch has one, also if it has no rows.
 */
final class Rows implements Statistic {
  /** As many numbers as a tile of a Gram matrix has. */
  private static final long NUMBERS_OF_PART = 1L << 20;

  private final DType dtype;
  private final long rowsOfPart;
  private final Deque<Batch> held = new ArrayDeque<>();
  private int batches;

  Rows(DType dtype, long channels) {
    this.dtype = dtype;
    this.rowsOfPart = Math.max(1, NUMBERS_OF_PART / channels);
  }

  private record Batch(int index, long sequences, Tensor x_NC, Holding holding) {}

  @Override
  public void observe(Tensor x_NC, long count) {
    if (Tensors.dtype(x_NC) != dtype) {
      throw new IllegalArgumentException(
          "Rows of " + Tensors.dtype(x_NC) + " in place of " + dtype);
    }
    try (Scope scope = Scope.open()) {
      Holding holding = new Holding();
      held.add(new Batch(batches++, count, holding.hold(x_NC.contiguous().clone()), holding));
    }
  }

  @Override
  public Iterator<Part> parts() {
    return new Iterator<>() {
      private long row;

      @Override
      public boolean hasNext() {
        return !held.isEmpty();
      }

      @Override
      public Part next() {
        if (!hasNext()) {
          throw new NoSuchElementException("All rows were handed out");
        }
        Batch batch = held.peek();
        long rows = batch.x_NC.size(0);
        long some = Math.min(rowsOfPart, rows - row);
        Part part = part(batch, row, some);
        row += some;
        if (row == rows) {
          row = 0;
          held.remove().holding.close();
        }
        return part;
      }
    };
  }

  private Part part(Batch batch, long start, long rows) {
    try (Scope scope = Scope.open()) {
      Tensor some_NC = Tensors.to(batch.x_NC.narrow(0, start, rows), DType.F32);
      int place = Math.toIntExact(start / rowsOfPart);
      float[] values = rows == 0 ? new float[0] : Tensors.floats(some_NC.contiguous());
      return new Part(batch.index, place, batch.sequences, values);
    }
  }

  @Override
  public void absorb(Part part) {
    throw new UnsupportedOperationException("Rows are not added up");
  }

  @Override
  public void close() {
    held.forEach(batch -> batch.holding.close());
    held.clear();
  }
}
