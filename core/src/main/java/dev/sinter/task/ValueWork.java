/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.TensorReader;
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
 * The work on one value: its statistics add up from the parts of all slices, which must come in the
 * order of the slices, and are then what the units of the value work with.
 */
public final class ValueWork implements AutoCloseable {
  private final Observation observation;
  private final List<InputUnit> units;
  private final Map<StatisticType, Statistic> statistics = new LinkedHashMap<>();

  public ValueWork(Observation observation, List<InputUnit> units) {
    this.observation = observation;
    this.units = List.copyOf(units);
    Set<StatisticType> wanted = new HashSet<>();
    for (InputUnit unit : units) {
      if (!unit.input().equals(observation.value())
          || !unit.scalings().equals(units.get(0).scalings())) {
        throw new IllegalArgumentException(unit.work().id() + " is of another value than its like");
      }
      wanted.addAll(unit.work().statistics());
    }
    observation.statistics().stream()
        .filter(wanted::contains)
        .forEach(type -> statistics.put(type, type.empty(observation.value().channels())));
  }

  /** Adds a part of a statistic of the observation; none of those that no unit wants. */
  public void absorb(int statistic, Part part) {
    Statistic sum = statistics.get(observation.statistics().get(statistic));
    if (sum != null) {
      sum.absorb(part);
    }
  }

  /** What the units give, in their order. */
  public List<SolvedUnit> run(RunContext run) throws IOException {
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
        float[] factor_C = InputScaling.product(scalings, observation.value().channels(), reader);
        statistics.values().forEach(statistic -> statistic.rescale(factor_C));
      }
    }
  }

  @Override
  public void close() {
    statistics.values().forEach(Statistic::close);
  }
}
