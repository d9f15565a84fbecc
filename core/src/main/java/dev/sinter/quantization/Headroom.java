/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;

/**
 * The range of an NVFP4 input that keeps scales of small groups out of the subnormal eight-bit
 * floats (ModelOpt's nvfp4_act_headroom): max(rho · anchor, upper), both percentiles of the largest
 * magnitudes of groups. What lies beyond it saturates.
 *
 * @param anchor the percentile of groups that are small
 * @param upper the percentile of those that are large
 * @param rho how many times the anchor is covered
 */
public record Headroom(double anchor, double upper, double rho) implements Serializable {
  /** The name of the observer. */
  static final String NAME = "nvfp4_act_headroom";

  /** Magnitudes are counted by their binary logarithm, in bins of one size. */
  public static final int BINS = 512;

  public static final double LOW = -40;
  public static final double HIGH = 40;

  private static final String ANCHOR = "anchor_percentile";
  private static final String UPPER = "upper_percentile";
  private static final String RHO = "rho";

  /** Groups smaller than that, beside the upper percentile, count as zero. */
  private static final double NEGLIGIBLE = 1e-6;

  public Headroom {
    if (anchor < 0 || anchor > 100 || upper < anchor || upper > 100 || !(rho > 0)) {
      throw new IllegalArgumentException(
          "Percentiles are of 0 to 100, the anchor's below the upper one, and rho is above 0, not "
              + anchor
              + ", "
              + upper
              + " and "
              + rho);
    }
  }

  /** An observer that finds such ranges. */
  public Observer observer() {
    return new Observer(NAME, Json.object(ANCHOR, anchor, UPPER, upper, RHO, rho));
  }

  /** What an observer's settings say, with ModelOpt's defaults. */
  static Headroom of(Observer observer) {
    Map<String, Json> given = observer.settings().members();
    return new Headroom(
        number(given.get(ANCHOR), 1),
        number(given.get(UPPER), 99.99),
        number(given.get(RHO), 16_384));
  }

  private static double number(Json given, double otherwise) {
    return given instanceof Json.Num number ? number.asDouble() : otherwise;
  }

  /** The range, from how many groups were in each bin; 0 if all were zero. */
  public double range(long[] counts) {
    double largest = percentile(counts, upper, 0);
    int first = 0;
    while (first < BINS && center(first) < largest * NEGLIGIBLE) {
      first++;
    }
    return Math.max(rho * percentile(counts, anchor, first), largest);
  }

  /** The middle of the first bin, of those from some bin on, up to which so many percent lie. */
  private static double percentile(long[] counts, double percent, int first) {
    long total = Arrays.stream(counts, first, BINS).sum();
    long seen = 0;
    for (int bin = first; bin < BINS; bin++) {
      seen += counts[bin];
      if (seen > 0 && seen >= percent / 100 * total) {
        return center(bin);
      }
    }
    return 0;
  }

  private static double center(int bin) {
    return Math.pow(2, LOW + (bin + 0.5) * (HIGH - LOW) / BINS);
  }
}
