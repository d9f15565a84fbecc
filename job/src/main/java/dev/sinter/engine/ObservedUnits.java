/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.task.InputUnit;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SweepTask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Units by the observation that they are of: those of one are a task. */
final class ObservedUnits {
  private ObservedUnits() {}

  /** What the units of a value gave. */
  record Solved(List<SolvedUnit> units) implements Serializable {}

  /** The units by the place of their observation. */
  static SortedMap<Integer, List<InputUnit>> byPlace(SweepTask task, List<InputUnit> units) {
    SortedMap<Integer, List<InputUnit>> byPlace = new TreeMap<>();
    for (InputUnit unit : units) {
      byPlace.computeIfAbsent(task.place(unit), key -> new ArrayList<>()).add(unit);
    }
    return byPlace;
  }
}
