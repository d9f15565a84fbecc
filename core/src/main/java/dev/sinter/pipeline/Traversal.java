/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.graph.ExpertCoverage;
import dev.sinter.graph.SequentialTargets;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;

/**
 * How calibration data goes through a model.
 *
 * @param targets where the model is cut into subgraphs
 * @param experts which tokens experts are calibrated with
 */
public record Traversal(
    SequentialTargets targets,
    ExpertCoverage experts,
    Pipeline pipeline,
    ErrorPropagation propagation) {

  public Traversal {
    if (pipeline == Pipeline.BASIC && propagation == ErrorPropagation.AS_SERVED) {
      throw new RequestException(
          "--propagate-activation-error calibrates layers on what clients compute with those before"
              + " them, and --pipeline basic on what dense ones put out. Leave one of them out");
    }
  }

  /** Once, layer by layer, experts with what is routed to them. */
  public static final Traversal USUAL =
      new Traversal(
          SequentialTargets.LAYERS,
          ExpertCoverage.ROUTED,
          Pipeline.SEQUENTIAL,
          ErrorPropagation.ON);

  public Traversal by(SequentialTargets other) {
    return new Traversal(other, experts, pipeline, propagation);
  }

  public Traversal with(ExpertCoverage other) {
    return new Traversal(targets, other, pipeline, propagation);
  }

  public Traversal with(Pipeline other) {
    return new Traversal(targets, experts, other, propagation);
  }

  public Traversal with(ErrorPropagation other) {
    return new Traversal(targets, experts, pipeline, other);
  }

  /** By the names that people know. */
  public Json.Obj json() {
    return Json.object(
        "sequential_targets", targets.rules(),
        "targets_per_subgraph", targets.perSubgraph(),
        "experts", experts.name(),
        "pipeline", pipeline.name(),
        "propagate_error", propagates(),
        "propagate_activation_error", propagatesActivations());
  }

  /** Whether what is solved in a subgraph is seen by those behind. */
  public boolean propagates() {
    return propagation != ErrorPropagation.OFF && pipeline != Pipeline.BASIC;
  }

  /** Whether what clients round is seen, too. */
  public boolean propagatesActivations() {
    return propagation == ErrorPropagation.AS_SERVED;
  }
}
