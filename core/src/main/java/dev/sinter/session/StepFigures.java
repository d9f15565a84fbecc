/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

/**
 * Where the time of a step of a calibration went. Activations are pushed through a subgraph when
 * the next is swept, and count there.
 *
 * @param pass which time the data runs through the model
 * @param step which subgraph of the pass
 * @param tokens how many ran through it, once
 * @param slots how many tasks could run at once
 * @param seconds by the clock
 */
public record StepFigures(
    int pass, int step, String subgraph, long tokens, int slots, double seconds, Effort effort) {

  public double tokensPerSecond() {
    return tokens / Math.max(seconds, 1e-9);
  }

  /** The part of the slots' time in which no task of ours worked: scheduling, waiting, idling. */
  public double idle() {
    return Math.max(0, 1 - effort.seconds() / Math.max(slots * seconds, 1e-9));
  }
}
