/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a request, so that all of it is said at once. */
public final class Problems {
  private final List<String> found = new ArrayList<>();

  public void add(String problem) {
    found.add(problem);
  }

  /** A problem that stands somewhere. */
  public void add(Place place, String problem) {
    found.add(place.problem(problem));
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
