/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Value;
import dev.sinter.statistic.StatisticType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A value of a subgraph, and what is to be known of it: each statistic once, in a fixed order. */
public record Observation(Value value, List<StatisticType> statistics) implements Serializable {
  public Observation {
    statistics = List.copyOf(statistics);
  }

  /** What units ask for, each value once, in the order of the units. */
  public static List<Observation> of(List<InputUnit> units) {
    Map<Value, Set<StatisticType>> types = new LinkedHashMap<>();
    for (InputUnit unit : units) {
      types
          .computeIfAbsent(unit.input(), value -> new LinkedHashSet<>())
          .addAll(unit.work().statistics());
    }
    List<Observation> observations = new ArrayList<>();
    types.forEach((value, all) -> observations.add(new Observation(value, List.copyOf(all))));
    return List.copyOf(observations);
  }

  /** What the statistics take in a task. */
  public long bytes() {
    return statistics.stream().mapToLong(type -> type.bytes(value.channels())).sum();
  }
}
