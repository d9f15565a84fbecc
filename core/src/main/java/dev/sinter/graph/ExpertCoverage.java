/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

/** Which tokens an expert's matrices see; what the model computes is the same. */
public enum ExpertCoverage {
  /** Those that are routed to it. */
  ROUTED,
  /** All, so that every expert is calibrated on the whole set. */
  ALL
}
