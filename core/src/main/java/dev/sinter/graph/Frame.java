/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import org.bytedeco.pytorch.Tensor;

/** What operations know of a run beside their inputs. */
public record Frame(Weights weights, Hooks hooks, Sequences sequences) {

  /** A run that changes nothing on the way. */
  public static Frame of(Weights weights, Sequences sequences) {
    return new Frame(weights, Hooks.NONE, sequences);
  }

  Tensor parameter(String name) {
    return weights.parameter(name);
  }
}
