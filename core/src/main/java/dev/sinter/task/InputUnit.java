/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Value;
import java.io.Serializable;
import java.util.List;

/**
 * What is done with the statistics of one value of a subgraph.
 *
 * @param scalings what has become of the value since the statistics were gathered
 */
public record InputUnit(Value input, List<InputScaling> scalings, WorkUnit work)
    implements Serializable {
  public InputUnit {
    scalings = List.copyOf(scalings);
  }
}
