/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** What one task does and commits with the statistics of one value. */
public sealed interface WorkUnit extends Serializable permits SolveUnit, SmoothUnit {

  /** By which a run knows what was done, also one that goes on from an earlier start. */
  String id();

  /** What must be known of the value, each once, in an order that is always the same. */
  List<StatisticType> statistics();

  SolvedUnit run(RunContext run, Map<StatisticType, Statistic> statistics) throws IOException;
}
