/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.statistic.Part;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.EnumMap;
import java.util.Map;

/**
 * The statistics of one unit as they add up from the parts of all slices, which must come in the
 * order of the slices.
 */
public final class UnitStatistics implements AutoCloseable {
  private final Map<StatisticType, Statistic> byType = new EnumMap<>(StatisticType.class);

  public UnitStatistics(InputUnit unit) {
    SubgraphTask.types(unit.work()).forEach(type -> byType.put(type, type.empty(unit.channels())));
  }

  public void absorb(StatisticType type, Part part) {
    byType.get(type).absorb(part);
  }

  public Map<StatisticType, Statistic> byType() {
    return byType;
  }

  @Override
  public void close() {
    byType.values().forEach(Statistic::close);
  }
}
