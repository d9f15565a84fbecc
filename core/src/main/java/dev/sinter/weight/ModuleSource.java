/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorEntry;
import java.util.List;

/**
 * A module's weight in a checkpoint.
 *
 * @param weight how it is read
 * @param representation how it is stored, for people: "dense", or the scheme of its codes
 * @param bits the bits of one of its elements, without scales
 * @param storedBytes the bytes that it takes in the checkpoint
 * @param tensors what it consists of; none if it is part of a stack
 */
public record ModuleSource(
    String module,
    WeightSource weight,
    String representation,
    int bits,
    long storedBytes,
    List<TensorEntry> tensors) {
  /** What a dense weight's representation is called. */
  public static final String DENSE = "dense";

  public ModuleSource {
    tensors = List.copyOf(tensors);
  }

  static ModuleSource of(
      String module,
      WeightSource weight,
      String representation,
      int bits,
      List<TensorEntry> tensors) {
    long bytes = tensors.stream().mapToLong(entry -> entry.spec().bytes()).sum();
    return new ModuleSource(module, weight, representation, bits, bytes, tensors);
  }

  public boolean isDense() {
    return representation.equals(DENSE);
  }
}
