/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;

/** How long each phase of a run took, in its order. */
final class Stopwatch {
  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private long last = System.nanoTime();

  /** Ends a phase: the time since the end of the one before is its own. */
  void lap(String phase) {
    long now = System.nanoTime();
    nanos.merge(phase, now - last, Long::sum);
    last = now;
  }

  /** The seconds of each phase, to the millisecond. */
  Map<String, Double> seconds() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    nanos.forEach((phase, time) -> seconds.put(phase, Math.round(time / 1e6) / 1e3));
    return seconds;
  }
}
