/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

/**
 * What solving modules that read one input takes.
 *
 * @param sharedFlops multiplications and additions of what they share
 * @param flopsOfRow those of each row of a weight
 * @param sharedBytes native memory at the widest point of what they share
 * @param keptBytes what of it is kept while weights are solved
 * @param bytesOfRow native memory for each row of the weight that is solved, beside the kept
 */
public record SolveCost(
    double sharedFlops, double flopsOfRow, long sharedBytes, long keptBytes, long bytesOfRow) {
  public static final SolveCost NONE = new SolveCost(0, 0, 0, 0, 0);

  /** The native memory that modules take whose largest weight has so many rows. */
  public long bytes(long rows) {
    return Math.max(sharedBytes, keptBytes + rows * bytesOfRow);
  }
}
