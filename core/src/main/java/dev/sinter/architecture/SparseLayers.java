/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import java.util.Set;

/** Which layers of the Qwen families with experts have them: every so many, but for some. */
record SparseLayers(int step, Set<Integer> dense) {
  SparseLayers {
    dense = Set.copyOf(dense);
  }

  static SparseLayers of(ModelConfig config) {
    return new SparseLayers(
        config.optionalSize("decoder_sparse_step").orElse(1),
        Set.copyOf(config.wholeNumbers("mlp_only_layers")));
  }

  boolean contains(int layer) {
    return (layer + 1) % step == 0 && !dense.contains(layer);
  }
}
