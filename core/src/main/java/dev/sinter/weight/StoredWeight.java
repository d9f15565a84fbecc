/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/** A weight that is stored dense, as it is or as some rows of a stack. */
public record StoredWeight(TensorEntry matrix, Lines lines) implements WeightSource {

  public static StoredWeight of(TensorEntry matrix) {
    return new StoredWeight(matrix, Lines.all(matrix.spec().shape().dimension(0)));
  }

  @Override
  public Shape shape() {
    return Shape.of(lines.count(), matrix.spec().shape().dimension(1));
  }

  @Override
  public DType dtype() {
    return matrix.spec().dtype();
  }

  @Override
  public long rowBlock() {
    return 1;
  }

  @Override
  public Tensor rows(TensorReader reader, long first, long count) throws IOException {
    return lines.read(reader, matrix, first, count);
  }
}
