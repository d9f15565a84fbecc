/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;

/** A dense matrix that is read by blocks of rows, from whatever it is stored in. */
public interface WeightSource extends Serializable {

  /** Rows and columns of the dense matrix. */
  Shape shape();

  /** The type of the dense matrix. */
  DType dtype();

  /** Blocks of rows must start at multiples of this. */
  long rowBlock();

  /** Some rows, contiguous, in the innermost scope. */
  Tensor rows(TensorReader reader, long first, long count) throws IOException;

  default long rows() {
    return shape().dimension(0);
  }

  default long columns() {
    return shape().dimension(1);
  }

  /** The bytes of the dense matrix. */
  default long bytes() {
    return shape().bytes(dtype());
  }
}
