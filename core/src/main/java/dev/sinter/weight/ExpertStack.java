/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import java.util.List;

/**
 * The experts of a layer that are stored in one tensor of three dimensions, as modules of their
 * own.
 *
 * @param whole the stack as one dense tensor
 * @param experts a module for each expert and matrix; clients know them by these names
 * @param biases what becomes of the stack's biases when its experts stand apart
 * @param tensors the names of the tensors that it consists of, biases excluded
 * @param biasTensors the names of the tensors that the biases consist of
 */
public record ExpertStack(
    DenseTensor whole,
    List<ModuleSource> experts,
    List<DenseTensor> biases,
    List<String> tensors,
    List<String> biasTensors) {
  public ExpertStack {
    experts = List.copyOf(experts);
    biases = List.copyOf(biases);
    tensors = List.copyOf(tensors);
    biasTensors = List.copyOf(biasTensors);
  }
}
