/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.architecture.TraceOptions;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.ExpertCoverage;
import dev.sinter.graph.Graph;
import dev.sinter.json.Json;
import dev.sinter.plan.CalibrationShape;
import dev.sinter.plan.EstimateDocument;
import dev.sinter.plan.Footprint;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanEstimate;
import dev.sinter.plan.Work;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a plan takes, for executors of so many cores. Nothing is said of what this version lacks,
 * nor of calibrating a family that it does not know.
 */
record PlanEstimates(Checkpoint checkpoint, Plan plan, int cores) {
  /** What samples are counted with if nothing cuts them. */
  private static final int LENGTH = 2048;

  private static final String[] FLOPS = {"MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"};

  Optional<PlanEstimate> of(Optional<CalibrationData> calibration, Json.Obj settings) {
    if (!plan.missing().isEmpty() || (!plan.calibration().isEmpty() && plan.graph().isEmpty())) {
      return Optional.empty();
    }
    if (plan.calibration().isEmpty()) {
      return Optional.of(PlanEstimate.ofWriting(plan, cores));
    }
    ModelConfig config = new ModelConfig(checkpoint.config());
    DType stored = plan.calibration().storedType();
    CalibrationShape shape = shape(calibration.orElseThrow(), config, settings);
    return Optional.of(
        PlanEstimate.ofCalibration(
            plan,
            graph(config, SequentialFlags.experts(settings)),
            shape,
            config.dtype().orElse(stored),
            cores));
  }

  private Graph graph(ModelConfig config, ExpertCoverage experts) {
    return experts == ExpertCoverage.ROUTED
        ? plan.graph().orElseThrow()
        : Architectures.of(config)
            .orElseThrow()
            .trace(config, TraceOptions.of(checkpoint.tensors().keySet()).with(experts));
  }

  private static CalibrationShape shape(
      CalibrationData calibration, ModelConfig config, Json.Obj settings) {
    int positions = config.optionalSize("max_position_embeddings").orElse(LENGTH);
    return new CalibrationShape(
        SequentialFlags.targets(settings),
        calibration.sampling().count(),
        calibration.sampling().maxLength().orElse(Math.min(positions, LENGTH)),
        calibration.collation().batchSize(),
        calibration.collation().slices());
  }

  /** For people. */
  static List<String> lines(PlanEstimate estimate) {
    List<String> lines = new ArrayList<>();
    estimate.work().ifPresent(work -> lines.add("work       " + text(work)));
    Footprint footprint = estimate.footprint();
    lines.add(
        String.format(
            Locale.ROOT,
            "memory     executors of %d cores (--executor-cores): spark.executor.memory %s, spark.executor.memoryOverhead %s; spark.driver.memory %s",
            footprint.cores(),
            EstimateDocument.setting(footprint.executorHeap()),
            EstimateDocument.setting(footprint.executorOverhead()),
            EstimateDocument.setting(footprint.driverHeap())));
    lines.add(
        "           overhead: "
            + footprint.terms().stream()
                .map(PlanEstimates::text)
                .collect(Collectors.joining(", ")));
    lines.add(
        String.format(
            Locale.ROOT,
            "           one machine, local[%d]: %s in all, with SINTER_MEMORY=%s",
            footprint.cores(),
            ByteSize.text(footprint.ofOneMachine()),
            EstimateDocument.setting(Math.max(footprint.executorHeap(), footprint.driverHeap()))));
    return lines;
  }

  private static String text(Footprint.Term term) {
    String size = ByteSize.text(term.bytes());
    return term.what() + " " + (term.times() == 1 ? size : term.times() + " x " + size);
  }

  private static String text(Work work) {
    return String.format(
        Locale.ROOT,
        "%s: sweeps %s, Gram matrices %s, solves %s, advances %s",
        flops(work.total()),
        flops(work.sweep()),
        flops(work.gram()),
        flops(work.solve()),
        flops(work.advance()));
  }

  private static String flops(double flops) {
    double value = flops / 1e6;
    int unit = 0;
    while (value >= 1000 && unit < FLOPS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, FLOPS[unit]);
  }
}
