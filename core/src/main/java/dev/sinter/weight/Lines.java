/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.io.Serializable;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Which rows of a stored matrix are those of a weight: row r lies at first + r * step. Stacks of
 * experts are stored one below the other, and gates may alternate with ups.
 */
public record Lines(long first, int step, long count) implements Serializable {

  static Lines all(long count) {
    return new Lines(0, 1, count);
  }

  /** Some of these rows of a matrix, in the innermost scope. */
  Tensor read(TensorReader reader, TensorEntry matrix, long from, long rows) throws IOException {
    long span = rows == 0 ? 0 : (rows - 1) * step + 1;
    Tensor read = reader.readRows(matrix, first + from * step, span);
    return step == 1
        ? read
        : read.slice(0, new LongOptional(0), new LongOptional(span), step).contiguous();
  }

  /** A stored tensor seen as a matrix of that many columns. */
  static TensorEntry asMatrix(TensorEntry entry, long columns) {
    TensorSpec spec = entry.spec();
    long rows = columns == 0 ? 0 : spec.shape().elements() / columns;
    return new TensorEntry(
        new TensorSpec(spec.name(), spec.dtype(), Shape.of(rows, columns)),
        entry.file(),
        entry.offset());
  }
}
