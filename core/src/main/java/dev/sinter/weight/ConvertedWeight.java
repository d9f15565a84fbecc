/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/** A weight in another type than its source gives. */
public record ConvertedWeight(WeightSource source, DType dtype) implements WeightSource {

  /** The weight in that type; the source itself if it has it. */
  public static WeightSource of(WeightSource source, DType dtype) {
    return source.dtype() == dtype ? source : new ConvertedWeight(source, dtype);
  }

  @Override
  public Shape shape() {
    return source.shape();
  }

  @Override
  public long rowBlock() {
    return source.rowBlock();
  }

  @Override
  public Tensor rows(TensorReader reader, long first, long count) throws IOException {
    try (Scope scope = Scope.open()) {
      return scope.keep(Tensors.to(source.rows(reader, first, count), dtype));
    }
  }
}
