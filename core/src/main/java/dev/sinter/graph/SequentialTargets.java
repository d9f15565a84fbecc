/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.List;

/**
 * At which modules a model is cut to be calibrated piece by piece.
 *
 * @param rules class names, module names or expressions; the model's layers if there are none
 * @param perSubgraph how many of the modules that they mean stand in one subgraph
 */
public record SequentialTargets(List<String> rules, int perSubgraph) implements Serializable {
  /** A subgraph for each layer. */
  public static final SequentialTargets LAYERS = new SequentialTargets(List.of(), 1);

  public SequentialTargets {
    rules = List.copyOf(rules);
    if (perSubgraph < 1) {
      throw new IllegalArgumentException(perSubgraph + " targets in a subgraph");
    }
  }

  /** A subgraph for each module that a rule means. */
  public static SequentialTargets of(String... rules) {
    return new SequentialTargets(List.of(rules), 1);
  }
}
