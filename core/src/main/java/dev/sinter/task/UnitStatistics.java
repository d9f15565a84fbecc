/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.statistic.Part;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The statistics of one unit as they add up from the parts of all slices, which must come in the
 * order of the slices.
 */
public final class UnitStatistics implements AutoCloseable {
  private final List<StatisticType> types;
  private final Map<StatisticType, Statistic> byType = new LinkedHashMap<>();

  public UnitStatistics(InputUnit unit) {
    this.types = unit.work().statistics();
    types.forEach(type -> byType.put(type, type.empty(unit.channels())));
  }

  /** Adds a part of the statistic at that place in the unit's list. */
  public void absorb(int statistic, Part part) {
    byType.get(types.get(statistic)).absorb(part);
  }

  public Map<StatisticType, Statistic> byType() {
    return byType;
  }

  @Override
  public void close() {
    byType.values().forEach(Statistic::close);
  }
}
