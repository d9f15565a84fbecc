/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a request, so that all of it is said at once. */
public final class Problems {
  private final List<Found> found = new ArrayList<>();
  private final Set<String> told = new HashSet<>();
  private final Set<String> settled = new HashSet<>();

  /** A problem and where it stands, which is nowhere for most. */
  private record Found(Place place, String text) {}

  public void add(String problem) {
    if (told.add(problem)) {
      found.add(new Found(Place.of(problem), problem));
    }
  }

  /** A problem that stands somewhere; a fault that is reached in several ways is told once. */
  public void add(Place place, String problem) {
    if (!settled.contains(place.at()) && told.add(place.at() + ": " + problem)) {
      found.add(new Found(place, place.problem(problem)));
    }
  }

  /**
   * What stands at a place could not be read, which was told: what else would be wrong there only
   * follows from that.
   */
  public void settle(Place place) {
    settled.add(place.at());
  }

  /** Whether what stands at a place could not be read. */
  public boolean isSettled(Place place) {
    return settled.contains(place.at());
  }

  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Every problem; those of one file in the order of its lines. */
  public List<String> found() {
    List<String> files = found.stream().map(problem -> problem.place.file()).distinct().toList();
    return found.stream()
        .sorted(
            Comparator.comparingInt((Found problem) -> files.indexOf(problem.place.file()))
                .thenComparingInt(problem -> problem.place.line())
                .thenComparingInt(problem -> problem.place.column()))
        .map(Found::text)
        .toList();
  }

  /** Throws one exception that carries every problem, if there is any. */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new RequestException(found());
    }
  }
}
