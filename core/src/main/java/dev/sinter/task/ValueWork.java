/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.statistic.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one task does with the parts of one observation, which must come in the order of the slices:
 * they are added up, or are the tokens of an expert that runs on them. Units then work with the
 * statistics.
 */
public final class ValueWork implements AutoCloseable {
  private final List<ValueSum> sums;
  private final Observation observation;
  private final Optional<ExpertForward> expert;

  private ValueWork(List<ValueSum> sums, Observation observation, Optional<ExpertForward> expert) {
    this.sums = List.copyOf(sums);
    this.observation = observation;
    this.expert = expert;
  }

  /** The work on sums of a value. */
  public static ValueWork of(Observation observation, List<InputUnit> units) {
    return new ValueWork(List.of(new ValueSum(observation, units)), observation, Optional.empty());
  }

  static ValueWork of(ExpertTask expert, List<InputUnit> units) {
    List<ValueSum> sums = new ArrayList<>();
    for (Observation observation : expert.observations()) {
      List<InputUnit> own =
          units.stream().filter(unit -> unit.input().equals(observation.value())).toList();
      if (!own.isEmpty()) {
        sums.add(new ValueSum(observation, own));
      }
    }
    ExpertForward forward = new ExpertForward(expert.forward(), sums);
    return new ValueWork(sums, new Observation(expert.tokens(), List.of()), Optional.of(forward));
  }

  /** Takes in a part of a statistic of the observation, from a slice. */
  public void absorb(int slice, int statistic, Part part) throws IOException {
    if (expert.isPresent()) {
      expert.get().absorb(slice, part);
    } else {
      sums.get(0).absorb(observation.statistics().get(statistic), part);
    }
  }

  /** What the units give: value by value, and those of a value in their order. */
  public List<SolvedUnit> run(RunContext run) throws IOException {
    if (expert.isPresent()) {
      expert.get().finish();
    }
    List<SolvedUnit> solved = new ArrayList<>();
    for (ValueSum sum : sums) {
      solved.addAll(sum.run(run));
      sum.close();
    }
    return solved;
  }

  @Override
  public void close() {
    expert.ifPresent(ExpertForward::close);
    sums.forEach(ValueSum::close);
  }
}
