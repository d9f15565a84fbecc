/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import org.bytedeco.pytorch.Tensor;

/**
 * What may change tensors on their way through the model: a simulated quantization of inputs,
 * outputs and caches. Results lie in the innermost scope, or are what was given.
 */
public interface Hooks {
  /** Every tensor passes as it is. */
  Hooks NONE = new Hooks() {};

  /** The input of a linear module, [tokens, channels]. */
  default Tensor input(String module, Tensor x_NC) {
    return x_NC;
  }

  /** The output of a linear module, [tokens, channels]. */
  default Tensor output(String module, Tensor y_NC) {
    return y_NC;
  }

  /** The queries of an attention module as they meet the keys, [tokens, heads, channels]. */
  default Tensor query(String module, Tensor q_NHD) {
    return q_NHD;
  }

  /** The keys of an attention module as a cache would keep them. */
  default Tensor key(String module, Tensor k_NHD) {
    return k_NHD;
  }

  /** The values of an attention module as a cache would keep them. */
  default Tensor value(String module, Tensor v_NHD) {
    return v_NHD;
  }
}
