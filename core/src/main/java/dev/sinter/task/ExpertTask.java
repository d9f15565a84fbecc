/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Value;
import java.io.Serializable;
import java.util.List;

/**
 * An expert in a task of its own: its tokens come as rows, run through its nodes, and statistics
 * are gathered of what is observed there. It knows the parameters of this expert and no other.
 *
 * @param forward the expert's nodes, with the weights of the sweep
 */
record ExpertTask(SubgraphTask forward, List<Observation> observations) implements Serializable {
  ExpertTask {
    observations = List.copyOf(observations);
  }

  Value tokens() {
    return forward.subgraph().inputs().get(0);
  }

  boolean observes(Value value) {
    return observations.stream().anyMatch(observation -> observation.value().equals(value));
  }
}
