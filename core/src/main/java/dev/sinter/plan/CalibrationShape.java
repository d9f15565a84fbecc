/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.SequentialTargets;

/**
 * The size of a calibration.
 *
 * @param targets where the model is cut into subgraphs
 * @param length the tokens of a sample
 * @param batchSize the samples of a micro-batch
 * @param slices into how many slices the samples are cut
 */
public record CalibrationShape(
    SequentialTargets targets, int samples, int length, int batchSize, int slices) {
  public CalibrationShape {
    if (samples < 1 || length < 1 || batchSize < 1 || slices < 1) {
      throw new IllegalArgumentException(
          samples + " samples of " + length + " tokens, " + batchSize + " at a time, " + slices);
    }
  }

  /**
   * How many bytes of weights and statistics of a subgraph are there at a time, unless what lies
   * outside of experts, or one of them, has more.
   */
  public static final long PIECE_BYTES = 256L << 20;

  ExpertTraffic traffic() {
    return new ExpertTraffic(tokens(), Math.min(samples, slices));
  }

  long tokens() {
    return (long) samples * length;
  }

  /** The tokens of a micro-batch, which lies in one slice. */
  long batchTokens() {
    int samplesOfSlice = (samples + slices - 1) / slices;
    return (long) Math.min(samplesOfSlice, batchSize) * length;
  }
}
