/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.Shape;
import java.io.Serializable;

/** A tensor that the graph expects in the checkpoint. */
public record Parameter(String name, Shape shape, Storage storage) implements Serializable {
  /** How a checkpoint keeps it. */
  public enum Storage {
    AS_DECLARED,
    /** A matrix [inputs, outputs], which operations see as [outputs, inputs]. */
    TRANSPOSED
  }

  public Parameter(String name, Shape shape) {
    this(name, shape, Storage.AS_DECLARED);
  }

  /** The same under another name. */
  public Parameter at(String other) {
    return new Parameter(other, shape, storage);
  }

  /** The shape that a tensor of its own has in the checkpoint. */
  public Shape storedShape() {
    return storage == Storage.TRANSPOSED ? Shape.of(shape.dimension(1), shape.dimension(0)) : shape;
  }
}
