/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

/** The kinds of summaries, by which methods ask for them. */
public enum StatisticType {
  /** The Gram matrix of the input: the sum of x xᵀ over all tokens. */
  GRAM {
    @Override
    public Statistic empty(long channels) {
      return new GramMatrix(channels);
    }
  };

  /** A summary that has seen nothing. */
  public abstract Statistic empty(long channels);
}
