/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import java.util.Iterator;
import org.bytedeco.pytorch.Tensor;

/**
 * A summary: a monoid. Two of the same type merge when one absorbs the other's parts; absorbing
 * into an empty one gives the same summary back. It owns native memory until it is closed.
 */
public interface Statistic extends AutoCloseable {

  /** Takes in one more micro-batch, [tokens, channels], of so many sequences. */
  void observe(Tensor x_NC, long sequences);

  /** The parts, made one at a time as they are asked for, in the order of their keys. */
  Iterator<Part> parts();

  /** Adds a part of another summary. */
  void absorb(Part part);

  /**
   * Becomes the summary of the same activation with each channel times a positive number, where the
   * type says that it is known from this one.
   */
  default void rescale(float[] factor_C) {
    throw new UnsupportedOperationException(
        getClass().getSimpleName() + " does not follow when channels are multiplied");
  }

  @Override
  void close();
}
