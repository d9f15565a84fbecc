/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A weight with changes that are made, in their order, when it is read. */
public record RescaledWeight(WeightSource source, List<Rescaling> changes) implements WeightSource {
  public RescaledWeight {
    changes = List.copyOf(changes);
  }

  @Override
  public Shape shape() {
    return source.shape();
  }

  @Override
  public DType dtype() {
    return source.dtype();
  }

  @Override
  public long rowBlock() {
    return source.rowBlock();
  }

  @Override
  public Tensor rows(TensorReader reader, long first, long count) throws IOException {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = source.rows(reader, first, count);
      for (Rescaling change : changes) {
        weight_RC = change.apply(weight_RC, first);
      }
      return scope.keep(weight_RC.contiguous());
    }
  }
}
