/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

/** What subgraphs are calibrated on of what was done to those before them. */
public enum ErrorPropagation {
  /** What the weights give that were solved of data. */
  ON,
  /** Nothing: dense weights go before. */
  OFF,
  /** All that clients will compute with: every compressed weight, and rounded activations. */
  AS_SERVED
}
