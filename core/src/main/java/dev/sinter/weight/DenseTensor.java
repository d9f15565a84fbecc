/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.tensor.DType;
import java.io.Serializable;
import java.util.List;

/** A dense tensor that is made of matrices, one below the other. */
public record DenseTensor(TensorSpec spec, List<WeightSource> matrices) implements Serializable {
  public DenseTensor {
    matrices = List.copyOf(matrices);
  }

  /** The same tensor in another type. */
  public DenseTensor in(DType dtype) {
    return new DenseTensor(
        new TensorSpec(spec.name(), dtype, spec.shape()),
        matrices.stream().map(matrix -> ConvertedWeight.of(matrix, dtype)).toList());
  }
}
