/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;

/** Some channels: of each so many that follow one another, {@code count} from {@code first} on. */
public record ChannelPick(long period, long first, long count) implements Serializable {
  public ChannelPick {
    if (first < 0 || count <= 0 || first + count > period) {
      throw new IllegalArgumentException(
          "Channels " + first + " to " + (first + count) + " of each " + period);
    }
  }

  /** All of so many channels. */
  public static ChannelPick all(long channels) {
    return new ChannelPick(channels, 0, channels);
  }

  /** Whether no channel is in both. */
  boolean isApartFrom(ChannelPick other) {
    return period == other.period
        && (first + count <= other.first || other.first + other.count <= first);
  }
}
