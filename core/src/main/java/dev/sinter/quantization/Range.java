/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The values that codes must cover, one range for every scale, in the type of the values. Scales
 * see to it that zero has a code, whether it lies inside or not.
 */
sealed interface Range {

  /** The largest magnitude. */
  Tensor magnitude();

  /** The ends, with zero between them. */
  Ends withZero();

  /** From the smallest to the largest value. */
  record Ends(Tensor min, Tensor max) implements Range {

    /** The extremes of grouped elements. */
    static Ends of(Tensor grouped) {
      long[] last = {grouped.dim() - 1};
      return new Ends(grouped.amin(last, false), grouped.amax(last, false));
    }

    /** The extremes of all elements, as if one scale were for all. */
    static Ends ofAll(Tensor grouped) {
      return new Ends(grouped.amin(), grouped.amax());
    }

    @Override
    public Tensor magnitude() {
      return torch.maximum(min.abs(), max.abs());
    }

    @Override
    public Ends withZero() {
      Tensor zero = torch.zeros_like(min);
      return new Ends(torch.minimum(min, zero), torch.maximum(max, zero));
    }
  }

  /** As far below zero as above. */
  record Symmetric(Tensor magnitude) implements Range {

    /** What the largest magnitudes of grouped elements span: all that symmetric scales need. */
    static Symmetric of(Tensor grouped) {
      return new Symmetric(Magnitudes.of(grouped));
    }

    @Override
    public Ends withZero() {
      return new Ends(magnitude.neg(), magnitude);
    }
  }

  /** The extremes over all scales. */
  default Survey.Extremes extremes() {
    try (Scope scope = Scope.open()) {
      Ends zeroed = withZero();
      return new Survey.Extremes(zeroed.min.amin().item_double(), zeroed.max.amax().item_double());
    }
  }
}
