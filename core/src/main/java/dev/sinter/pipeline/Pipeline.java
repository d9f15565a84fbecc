/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.plan.Calibration;
import dev.sinter.plan.SmoothingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often data runs through a model, and what each time is for. */
public enum Pipeline {
  /** Once, subgraph by subgraph: each method sees what those before it have made of the weights. */
  SEQUENTIAL,
  /** Another name of it, from when subgraphs were always layers. */
  LAYER_SEQUENTIAL,
  /** Once; what is done to a subgraph is not seen by those behind. */
  BASIC,
  /** Once for each method that smooths, and once for what is solved. */
  INDEPENDENT;

  /** What the data runs through the model for, each time. */
  List<Calibration> passes(Calibration calibration) {
    if (this != INDEPENDENT) {
      return List.of(calibration);
    }
    Map<Integer, List<SmoothingPlan>> byMethod = new TreeMap<>();
    calibration
        .smoothings()
        .forEach(
            plan -> byMethod.computeIfAbsent(plan.method(), key -> new ArrayList<>()).add(plan));
    List<Calibration> passes = new ArrayList<>();
    byMethod.values().forEach(plans -> passes.add(new Calibration(List.of(), List.of(), plans)));
    Calibration solving =
        new Calibration(calibration.modules(), calibration.activations(), List.of());
    if (!solving.isEmpty()) {
      passes.add(solving);
    }
    return passes;
  }
}
