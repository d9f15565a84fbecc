/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

/**
 * What tasks took, in seconds of a task, and what they sent each other. What was done twice, since
 * a task was lost, counts twice.
 *
 * @param advance pushing activations through subgraphs
 * @param sweep running subgraphs for statistics, and gathering these
 * @param reduce waiting for statistics of other tasks, and adding them up
 * @param solve choosing factors, and turning weights into codes
 * @param write writing what was solved into the workspace
 * @param shuffledBytes statistics on their way to where they are added up
 */
public record Effort(
    double advance, double sweep, double reduce, double solve, double write, long shuffledBytes) {
  public static final Effort NONE = new Effort(0, 0, 0, 0, 0, 0);

  public Effort plus(Effort other) {
    return new Effort(
        advance + other.advance,
        sweep + other.sweep,
        reduce + other.reduce,
        solve + other.solve,
        write + other.write,
        shuffledBytes + other.shuffledBytes);
  }

  public Effort minus(Effort other) {
    return new Effort(
        advance - other.advance,
        sweep - other.sweep,
        reduce - other.reduce,
        solve - other.solve,
        write - other.write,
        shuffledBytes - other.shuffledBytes);
  }

  /** All seconds. */
  public double seconds() {
    return advance + sweep + reduce + solve + write;
  }
}
