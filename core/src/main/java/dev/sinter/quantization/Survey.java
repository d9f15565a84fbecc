/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.util.BitSet;

/**
 * What must be known of a whole weight before blocks of its rows can be rounded apart: the extremes
 * of the ranges that its observer found (of the weight and of those that share its global scale),
 * and at which steps a search found something better anywhere in it. Merging is associative and
 * commutative, and {@link #EMPTY} is its neutral element.
 */
public record Survey(Extremes extremes, BitSet improvingSteps) {
  /** Nothing seen. */
  public static final Survey EMPTY = new Survey(Extremes.NONE, new BitSet());

  /** The smallest and the largest value, zero included; NaN if there is one. */
  public record Extremes(double min, double max) {
    static final Extremes NONE = new Extremes(0, 0);

    Extremes merge(Extremes other) {
      return new Extremes(Math.min(min, other.min), Math.max(max, other.max));
    }
  }

  public Survey {
    improvingSteps = (BitSet) improvingSteps.clone();
  }

  /** A copy, as bits can be set. */
  @Override
  public BitSet improvingSteps() {
    return (BitSet) improvingSteps.clone();
  }

  /** With what is known of more rows. */
  public Survey merge(Survey other) {
    BitSet steps = improvingSteps();
    steps.or(other.improvingSteps);
    return new Survey(extremes.merge(other.extremes), steps);
  }

  /** With the extremes of a weight that shares the global scale, and nothing else of it. */
  public Survey mergeExtremes(Survey other) {
    return new Survey(extremes.merge(other.extremes), improvingSteps);
  }
}
