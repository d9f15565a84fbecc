/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a request, so that all of it is said at once. */
public final class Problems {
  private final List<String> found = new ArrayList<>();
  private final Set<String> told = new HashSet<>();
  private final Set<String> settled = new HashSet<>();

  public void add(String problem) {
    if (told.add(problem)) {
      found.add(problem);
    }
  }

  /** A problem that stands somewhere; a fault that is reached in several ways is told once. */
  public void add(Place place, String problem) {
    if (!settled.contains(place.at()) && told.add(place.at() + ": " + problem)) {
      found.add(place.problem(problem));
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

  public List<String> found() {
    return List.copyOf(found);
  }

  /** Throws one exception that carries every problem, if there is any. */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new RequestException(found);
    }
  }
}
