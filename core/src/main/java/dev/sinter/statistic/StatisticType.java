/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.quantization.Headroom;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.tensor.DType;
import java.io.Serializable;

/**
 * The kinds of summaries, by which methods ask for them; what is asked for twice, as equals says,
 * is gathered once.
 */
public interface StatisticType extends SummaryTraits, Serializable {
  /** The Gram matrix of the input: the sum of x xᵀ over all tokens. */
  StatisticType GRAM = new Gram();

  /** The smallest and the largest value of each channel. */
  StatisticType CHANNEL_EXTREMES = new ChannelExtremes();

  /** The mean of |x| of each channel. */
  StatisticType MAGNITUDE = new ChannelMeans(ChannelMeans.Of.MAGNITUDES);

  /** The mean of x² of each channel. */
  StatisticType SQUARE = new ChannelMeans(ChannelMeans.Of.SQUARES);

  /** How many tokens there were. */
  StatisticType TOKENS = new Tokens();

  /** A summary that has seen nothing. */
  Statistic empty(long channels);

  /** What it is called where people read of it. */
  String label();

  /** The Gram matrix. */
  record Gram() implements StatisticType {
    @Override
    public Statistic empty(long channels) {
      return new GramMatrix(channels);
    }

    @Override
    public boolean followsRescaling() {
      return true;
    }

    @Override
    public long bytes(long channels) {
      return channels * channels * Float.BYTES;
    }

    @Override
    public long sentBytes(long channels) {
      return GramMatrix.numbersOfParts(channels) * Float.BYTES;
    }

    @Override
    public String label() {
      return "gram";
    }
  }

  /**
   * The blocks on the Gram matrix's diagonal.
   *
   * @param width the channels of a block
   */
  record GramBlocks(int width) implements StatisticType {
    @Override
    public Statistic empty(long channels) {
      return new DiagonalBlocks(width, channels);
    }

    @Override
    public long bytes(long channels) {
      return channels * width * Float.BYTES;
    }

    @Override
    public boolean followsRescaling() {
      return true;
    }

    @Override
    public String label() {
      return "gram in blocks of " + width;
    }
  }

  /** A number of tokens. */
  record Tokens() implements StatisticType {
    @Override
    public Statistic empty(long channels) {
      return new TokenCount();
    }

    @Override
    public long bytes(long channels) {
      return Long.BYTES;
    }

    @Override
    public boolean followsRescaling() {
      return true;
    }

    @Override
    public String label() {
      return "tokens";
    }
  }

  /** The rows themselves, which are of that type. */
  record AllRows(DType dtype) implements StatisticType {
    @Override
    public Statistic empty(long channels) {
      return new Rows(dtype, channels);
    }

    @Override
    public long bytes(long channels) {
      // Those of a micro-batch, which belong to the activations.
      return 0;
    }

    @Override
    public boolean isStream() {
      return true;
    }

    @Override
    public String label() {
      return "rows";
    }
  }

  /** Extremes by channel. */
  record ChannelExtremes() implements StatisticType {
    @Override
    public Statistic empty(long channels) {
      return new ExtremesByChannel(channels);
    }

    @Override
    public boolean followsRescaling() {
      return true;
    }

    @Override
    public String label() {
      return "extremes";
    }
  }

  /** Means by channel, of what is never negative. */
  record ChannelMeans(Of of) implements StatisticType {
    /** What is averaged. */
    public enum Of {
      MAGNITUDES("mean |x|"),
      SQUARES("mean x²");

      private final String label;

      Of(String label) {
        this.label = label;
      }
    }

    @Override
    public Statistic empty(long channels) {
      return new MeanByChannel(of, channels);
    }

    @Override
    public boolean followsRescaling() {
      return true;
    }

    @Override
    public String label() {
      return of.label;
    }
  }

  /**
   * The range that codes of an activation must cover, by an observer that looks at each
   * micro-batch.
   *
   * @param heads how many heads the channels are of
   */
  record Ranges(QuantizationArgs args, int heads) implements StatisticType {
    @Override
    public Statistic empty(long channels) {
      return new ObservedRanges(args, heads);
    }

    @Override
    public String label() {
      return "range";
    }
  }

  /** How large groups of channels are, for the range of an NVFP4 input. */
  record Magnitudes(Headroom headroom) implements StatisticType {
    @Override
    public Statistic empty(long channels) {
      return new MagnitudeHistogram(headroom);
    }

    @Override
    public String label() {
      return "histogram";
    }
  }
}
