/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Partitioner;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What a plan takes to carry out, before it is.
 *
 * @param work the operations of a calibration; those of a run without data are not worth counting
 */
public record PlanEstimate(Optional<Work> work, Footprint footprint) {

  /** Of a plan that needs no data. */
  public static PlanEstimate ofWriting(Plan plan, int cores) {
    return new PlanEstimate(Optional.empty(), Footprint.ofWriting(plan, cores));
  }

  /**
   * Of a plan that calibrates.
   *
   * @param graph the model as it is calibrated
   * @param dtype the type that it runs in
   */
  public static PlanEstimate ofCalibration(
      Plan plan, Graph graph, CalibrationShape shape, DType dtype, int cores) {
    List<CalibrationStep> steps =
        CalibrationStep.of(Partitioner.partition(graph, shape.targets()), plan.calibration());
    return new PlanEstimate(
        Optional.of(Work.of(graph, steps, shape)),
        Footprint.ofCalibration(graph, steps, shape, dtype, cores)
            .or(Footprint.ofWriting(plan, cores)));
  }
}
