/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import java.util.List;

/** A summary that tells which range codes of an activation must cover. */
public interface RangeStatistic extends Statistic {

  /**
   * The ranges of micro-batches in their order, or what is kept of them, each the lower ends and
   * behind them the upper ones; none if nothing was seen.
   */
  List<float[]> found();
}
