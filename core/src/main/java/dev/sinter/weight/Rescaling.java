/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A change of a weight that is made whenever it is read, and rounds to the weight's type. */
public sealed interface Rescaling extends Serializable {

  /** Rows of the weight from some row on, changed; in the innermost scope. */
  Tensor apply(Tensor weight_RC, long firstRow);

  /** Each column times its factor. */
  record Columns(Factors factors) implements Rescaling {
    @Override
    public Tensor apply(Tensor weight_RC, long firstRow) {
      return weight_RC.mul(factors.all(Tensors.dtype(weight_RC)));
    }
  }

  /**
   * Each row over its factor.
   *
   * @param offset what the model adds to the weight before it multiplies by it: 1 in norms such as
   *     Gemma's, else 0
   */
  record Rows(Factors factors, double offset) implements Rescaling {
    @Override
    public Tensor apply(Tensor weight_RC, long firstRow) {
      DType dtype = Tensors.dtype(weight_RC);
      long rows = weight_RC.size(0);
      if (offset == 0) {
        return weight_RC.div(factors.some(firstRow, rows, dtype).unsqueeze(1));
      }
      try (Scope scope = Scope.open()) {
        Tensor factor_R1 = factors.some(firstRow, rows, DType.F32).unsqueeze(1);
        Tensor exact_RC = Tensors.to(weight_RC, DType.F32).add(new Scalar(offset)).div(factor_R1);
        return scope.keep(Tensors.to(exact_RC.sub(new Scalar(offset)), dtype));
      }
    }
  }
}
