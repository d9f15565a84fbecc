/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/** The ranges that a search tries for each scale, the first of equally good ones to be taken. */
public sealed interface RangeCandidates extends Serializable {

  /**
   * Multiples of the range from the smallest to the largest value.
   *
   * @param of above zero
   */
  record Multiples(List<Double> of) implements RangeCandidates {
    public Multiples {
      of = List.copyOf(of);
      if (of.isEmpty() || of.stream().anyMatch(multiple -> !(multiple > 0))) {
        throw new IllegalArgumentException("Ranges are multiplied by numbers above 0, not " + of);
      }
    }

    /** From one multiple to another in equal steps. */
    public static Multiples between(double first, double last, int count) {
      double step = count == 1 ? 0 : (last - first) / (count - 1);
      return new Multiples(
          IntStream.range(0, count).mapToObj(index -> first + index * step).toList());
    }
  }

  /**
   * Every scale of a group that is an eight-bit float, under the global scale of the weight. Other
   * weights keep their extremes.
   *
   * @param reach which of them are looked at
   */
  record Fp8Scales(Reach reach) implements RangeCandidates {
    /** Which scales are looked at, by their codes or by how far these are from the extremes'. */
    public enum Reach {
      /** Codes 1 to 126: the positive finite numbers. */
      ALL(1, 126),
      /**
       * Those that may have the smallest sum of squared errors over a group of 16. With the scale c
       * of the extremes no error is above c, so that the sum is at most 16 c². A scale below 0.27 c
       * loses more on the largest value alone: (6 c - 6 s)². One from 2 c on rounds to a subset of
       * what its half rounds to. There are eight floats to an octave, fewer at the very small end.
       */
      NEAR(-18, 10);

      private final int first;
      private final int last;

      Reach(int first, int last) {
        this.first = first;
        this.last = last;
      }

      int first() {
        return first;
      }

      int last() {
        return last;
      }
    }
  }
}
