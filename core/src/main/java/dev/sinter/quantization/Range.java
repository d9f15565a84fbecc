/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The smallest and the largest value that codes must cover, one of each for every scale, in the
 * type of the values. The range may be empty or without zero: whoever makes scales of it adds zero.
 */
record Range(Tensor min, Tensor max) {

  /** The extremes of grouped elements. */
  static Range of(Tensor grouped) {
    long[] last = {grouped.dim() - 1};
    return new Range(grouped.amin(last, false), grouped.amax(last, false));
  }

  /** The range around zero that the largest magnitudes span: all that symmetric scales need. */
  static Range symmetric(Tensor grouped) {
    Tensor magnitude = Magnitudes.of(grouped);
    return new Range(magnitude.neg(), magnitude);
  }

  /** The extremes of all elements, as if one scale were for all. */
  static Range ofAll(Tensor grouped) {
    return new Range(grouped.amin(), grouped.amax());
  }

  /** With zero inside, since zero must have a code. */
  Range withZero() {
    Tensor zero = torch.zeros_like(min);
    return new Range(torch.minimum(min, zero), torch.maximum(max, zero));
  }

  /** The largest magnitude. */
  Tensor magnitude() {
    return torch.maximum(min.abs(), max.abs());
  }

  /** The extremes over all scales. */
  Survey.Extremes extremes() {
    try (Scope scope = Scope.open()) {
      Range zeroed = withZero();
      return new Survey.Extremes(zeroed.min.amin().item_double(), zeroed.max.amax().item_double());
    }
  }
}
