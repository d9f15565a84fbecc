/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.Serializable;

/** A tensor as a header describes it. */
public record TensorSpec(String name, DType dtype, Shape shape) implements Serializable {
  public long bytes() {
    return shape.bytes(dtype);
  }
}
