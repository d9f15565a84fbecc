/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Makes slices gather the statistics of experts whose tokens would travel, and counts these. */
public final class TilesInPlaceOfRows implements UnaryOperator<SweepTask> {
  private final Set<String> moved = new HashSet<>();

  @Override
  public SweepTask apply(SweepTask task) {
    List<Observation> observations = new ArrayList<>();
    for (Observation observation : task.observations()) {
      ExpertTask expert = task.experts().get(observation.value());
      if (expert == null) {
        observations.add(observation);
      } else {
        observations.addAll(expert.observations());
        moved.add(expert.forward().subgraph().name());
      }
    }
    return new SweepTask(task.slices(), observations, Map.of());
  }

  /** The experts whose tokens would have travelled. */
  public Set<String> moved() {
    return Set.copyOf(moved);
  }
}
