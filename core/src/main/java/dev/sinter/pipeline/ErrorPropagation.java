/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

/** Whether subgraphs are calibrated on what the weights that were solved before them give. */
public enum ErrorPropagation {
  ON,
  OFF
}
