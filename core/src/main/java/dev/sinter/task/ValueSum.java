/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.graph.Value;
import dev.sinter.statistic.Part;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The statistics of one value, which add up from the parts of all slices and are then what the
 * units of the value work with. Those that no unit wants are left out.
 */
final class ValueSum implements AutoCloseable {
  private final Value value;
  private final List<InputUnit> units;
  private final Map<StatisticType, Statistic> statistics = new LinkedHashMap<>();

  ValueSum(Observation observation, List<InputUnit> units) {
    this.value = observation.value();
    this.units = List.copyOf(units);
    Set<StatisticType> wanted = new HashSet<>();
    for (InputUnit unit : units) {
      if (!unit.input().equals(value) || !unit.scalings().equals(units.get(0).scalings())) {
        throw new IllegalArgumentException(unit.work().id() + " is of another value than its like");
      }
      wanted.addAll(unit.work().statistics());
    }
    observation.statistics().stream()
        .filter(wanted::contains)
        .forEach(type -> statistics.put(type, type.empty(value.channels())));
  }

  /** What is added up. */
  Observation observation() {
    return new Observation(value, List.copyOf(statistics.keySet()));
  }

  void absorb(StatisticType type, Part part) {
    Statistic sum = statistics.get(type);
    if (sum != null) {
      sum.absorb(part);
    }
  }

  /** What the units give, in their order. */
  List<SolvedUnit> run(RunContext run) throws IOException {
    rescale(run);
    List<SolvedUnit> solved = new ArrayList<>();
    for (InputUnit unit : units) {
      solved.add(unit.work().run(run, statistics));
    }
    return solved;
  }

  private void rescale(RunContext run) throws IOException {
    List<InputScaling> scalings = units.get(0).scalings();
    if (!scalings.isEmpty()) {
      run.enterTask();
      try (TensorReader reader = new TensorReader(run.checkpointStore())) {
        float[] factor_C = InputScaling.product(scalings, value.channels(), reader);
        statistics.values().forEach(statistic -> statistic.rescale(factor_C));
      }
    }
  }

  @Override
  public void close() {
    statistics.values().forEach(Statistic::close);
    statistics.clear();
  }
}
