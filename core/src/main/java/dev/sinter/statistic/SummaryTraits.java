/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

/**
 * What most types of summaries have in common. Apart from {@link StatisticType}, which holds
 * instances of its own kinds: an interface with default methods is initialized with the first class
 * that implements it, so two threads that begin with different kinds would wait for each other.
 */
interface SummaryTraits {

  /** What a summary takes, about. */
  default long bytes(long channels) {
    return 2 * channels * Float.BYTES;
  }

  /** What the parts of a summary take, all together, on their way to where they are added up. */
  default long sentBytes(long channels) {
    return bytes(channels);
  }

  /**
   * Whether nothing is summed up: the parts of each micro-batch are let go before the next, and
   * come in the order of the micro-batches.
   */
  default boolean isStream() {
    return false;
  }

  /** Whether a summary follows when the channels of what it is of are multiplied. */
  default boolean followsRescaling() {
    return false;
  }
}
