/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.tensor;

import java.util.List;
import java.util.stream.Collectors;

/** The dimensions of a tensor; no dimension is negative. An empty list is a scalar. */
public record Shape(List<Long> dimensions) implements java.io.Serializable {
  public Shape {
    dimensions = List.copyOf(dimensions);
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw new IllegalArgumentException("Negative dimension in shape " + dimensions);
      }
    }
  }

  public static Shape of(long... dimensions) {
    return new Shape(java.util.Arrays.stream(dimensions).boxed().toList());
  }

  public int rank() {
    return dimensions.size();
  }

  public long dimension(int axis) {
    return dimensions.get(axis);
  }

  /** The number of elements; an ArithmeticException if it exceeds a long. */
  public long elements() {
    long product = 1;
    for (long dimension : dimensions) {
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }

  /** The number of bytes of that many elements; sub-byte types must fill whole bytes. */
  public long bytes(DType dtype) {
    long bits = Math.multiplyExact(elements(), (long) dtype.bits());
    if (bits % 8 != 0) {
      throw new ArithmeticException(this + " of " + dtype + " ends within a byte");
    }
    return bits / 8;
  }

  public long[] toArray() {
    return dimensions.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}
