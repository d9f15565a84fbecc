/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.modifier.Solver.RowCoupling;
import dev.sinter.plan.ModulePlan;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Workspace;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.WorkUnit;
import dev.sinter.task.WorkUnit.RowRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Solves modules that need no data. Small weights share a unit and large ones are cut into blocks
 * of rows, so that units are of one size whatever the model looks like; the cut depends on the
 * checkpoint alone.
 */
final class DatafreePipeline {
  /**
   * The weights of one unit, in bytes: small enough to spread, large enough that a task is worth
   * its start.
   */
  private static final long UNIT_BYTES = 64L << 20;

  private DatafreePipeline() {}

  static void run(
      RunContext run,
      List<ModulePlan> modules,
      Workspace workspace,
      CalibrationEngine engine,
      Notices notices,
      ProgressListener progress) {
    List<WorkUnit> units = units(modules, UNIT_BYTES);
    Map<String, SolvedUnit> done = workspace.solvedUnits();
    List<WorkUnit> open = units.stream().filter(unit -> !done.containsKey(unit.id())).toList();
    progress.phase("quantize", units.size(), units.size() - open.size());
    if (!open.isEmpty()) {
      engine.solve(
          run,
          open,
          new Committing(workspace, notices, progress).andThen(unit -> progress.step(what(unit))));
    }
  }

  /** Cuts modules, in their order, into units of about that many bytes of weights. */
  static List<WorkUnit> units(List<ModulePlan> modules, long unitBytes) {
    List<WorkUnit> units = new ArrayList<>();
    List<RowRange> ranges = new ArrayList<>();
    long bytes = 0;
    for (ModulePlan module : modules) {
      for (RowRange range : cut(module, unitBytes)) {
        long rangeBytes = bytesOfRow(module) * range.rows();
        // A unit's file has one place for each name: two ranges of a module are two units.
        boolean sameModule = range.firstRow() > 0 && !ranges.isEmpty();
        if (sameModule || (!ranges.isEmpty() && bytes + rangeBytes > unitBytes)) {
          units.add(unit(units.size(), ranges));
          ranges = new ArrayList<>();
          bytes = 0;
        }
        ranges.add(range);
        bytes += rangeBytes;
      }
    }
    if (!ranges.isEmpty()) {
      units.add(unit(units.size(), ranges));
    }
    return units;
  }

  private static List<RowRange> cut(ModulePlan module, long unitBytes) {
    boolean whole = module.solver().coupling() == RowCoupling.WHOLE;
    long blocks =
        Math.max(1, unitBytes / Math.max(1, bytesOfRow(module)) / CompressionFormat.ROW_BLOCK);
    long step = whole ? Math.max(1, module.rows()) : blocks * CompressionFormat.ROW_BLOCK;
    List<RowRange> ranges = new ArrayList<>();
    for (long row = 0; row < module.rows(); row += step) {
      ranges.add(new RowRange(module, row, Math.min(step, module.rows() - row)));
    }
    return ranges;
  }

  private static long bytesOfRow(ModulePlan module) {
    return module.rows() == 0 ? 0 : module.weight().spec().bytes() / module.rows();
  }

  private static WorkUnit unit(int index, List<RowRange> ranges) {
    return new WorkUnit(String.format(Locale.ROOT, "rows-%06d", index), ranges);
  }

  private static String what(SolvedUnit unit) {
    return unit.modules().get(unit.modules().size() - 1).module();
  }
}
