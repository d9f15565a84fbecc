/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * A weight that is stored as [inputs, outputs]: its rows are some of the columns there. It is read
 * whole, so it is one block.
 */
public record TransposedWeight(WeightSource stored, Lines outputs) implements WeightSource {

  public static TransposedWeight of(WeightSource stored) {
    return new TransposedWeight(stored, Lines.all(stored.columns()));
  }

  @Override
  public Shape shape() {
    return Shape.of(outputs.count(), stored.rows());
  }

  @Override
  public DType dtype() {
    return stored.dtype();
  }

  @Override
  public long rowBlock() {
    return Math.max(1, outputs.count());
  }

  @Override
  public Tensor rows(TensorReader reader, long first, long count) throws IOException {
    try (Scope scope = Scope.open()) {
      Tensor stored_CR = stored.rows(reader, 0, stored.rows());
      long start = outputs.first() + first * outputs.step();
      long end = start + (count - 1) * outputs.step() + 1;
      Tensor chosen_CR =
          stored_CR.slice(1, new LongOptional(start), new LongOptional(end), outputs.step());
      return scope.keep(chosen_CR.t().contiguous());
    }
  }
}
