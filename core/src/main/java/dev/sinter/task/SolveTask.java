/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.plan.ModulePlan;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.task.WorkUnit.RowRange;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.tensor.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Solves the modules of a unit and writes their tensors into the workspace, under a name that no
 * other attempt uses.
 */
public final class SolveTask {
  /** Blocks of about this many bytes stay in a core's cache through all passes of rounding. */
  private static final long CACHE_BLOCK = 1L << 20;

  /** The figure that counts scales which are no numbers: the weight held NaN or infinity. */
  public static final String NON_FINITE_SCALES = "non_finite_scales";

  private final RunContext run;
  private final WorkUnit unit;
  private final Map<StatisticType, Statistic> statistics;
  private final IdentityHashMap<Solver, Solver.Prepared> prepared = new IdentityHashMap<>();

  private SolveTask(RunContext run, WorkUnit unit, Map<StatisticType, Statistic> statistics) {
    this.run = run;
    this.unit = unit;
    this.statistics = statistics;
  }

  public static SolvedUnit solve(
      RunContext run, WorkUnit unit, Map<StatisticType, Statistic> statistics) throws IOException {
    run.enterTask();
    return new SolveTask(run, unit, statistics).solve();
  }

  private SolvedUnit solve() throws IOException {
    long start = System.nanoTime();
    List<SolvedUnit.ModuleFigures> figures = new ArrayList<>();
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(run.checkpointStore())) {
      Map<TensorSpec, Tensor> solved = new LinkedHashMap<>();
      for (RowRange range : unit.ranges()) {
        figures.add(solve(range, reader, solved));
      }
      WrittenFile file = write(solved);
      double seconds = (System.nanoTime() - start) / 1e9;
      return new SolvedUnit(
          unit.id(), file.name(), file.sha256(), figures, seconds, Torch.cpuCapability());
    }
  }

  /** Solves a range in blocks of rows, and adds its tensors, which lie in the enclosing scope. */
  private SolvedUnit.ModuleFigures solve(
      RowRange range, TensorReader reader, Map<TensorSpec, Tensor> solved) throws IOException {
    ModulePlan module = range.module();
    Map<String, List<Tensor>> blocks = new LinkedHashMap<>();
    Map<String, Double> figures = new LinkedHashMap<>();
    long step = blockRows(module);
    try (Scope scope = Scope.open()) {
      for (long row = 0; row < range.rows(); row += step) {
        long rows = Math.min(step, range.rows() - row);
        solveBlock(module, reader, range.firstRow() + row, rows, blocks, figures);
      }
      blocks.forEach(
          (suffix, parts) -> {
            Tensor whole =
                parts.size() == 1
                    ? parts.get(0)
                    : torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
            solved.put(spec(module, suffix, whole), scope.keep(whole));
          });
    }
    return new SolvedUnit.ModuleFigures(module.module(), range.firstRow(), range.rows(), figures);
  }

  private void solveBlock(
      ModulePlan module,
      TensorReader reader,
      long firstRow,
      long rows,
      Map<String, List<Tensor>> blocks,
      Map<String, Double> figures)
      throws IOException {
    try (Scope scope = Scope.open()) {
      Solver.Prepared solver = prepared(module.solver());
      Tensor weight_RC = reader.readRows(module.weight(), firstRow, rows);
      Solution solution =
          solver.solve(new ModuleWeight(module.module(), weight_RC, module.scheme().weights()));
      solution.figures().forEach((name, value) -> figures.merge(name, value, Double::sum));
      Tensor scale_RG = solution.weight().parameters().scale_RG();
      long finite = scale_RG.isfinite().sum().item_long();
      figures.merge(NON_FINITE_SCALES, (double) (scale_RG.numel() - finite), Double::sum);
      module
          .format()
          .compress(solution.weight(), module.scheme().weights())
          .forEach(
              (suffix, tensor) -> {
                // What describes the whole module is written once, by the block that holds its
                // first row.
                if (!CompressionFormat.isDescriptive(suffix) || firstRow == 0) {
                  Tensor content =
                      CompressionFormat.isDescriptive(suffix)
                          ? describe(module, suffix, tensor)
                          : tensor;
                  blocks.computeIfAbsent(suffix, key -> new ArrayList<>()).add(scope.keep(content));
                }
              });
    }
  }

  /** The shape of the whole weight, where a block knows but its own. */
  private static Tensor describe(ModulePlan module, String suffix, Tensor tensor) {
    return suffix.equals(CompressionFormat.SHAPE)
        ? Tensors.of(module.weight().spec().shape().toArray(), 2)
        : tensor;
  }

  private Solver.Prepared prepared(Solver solver) {
    return prepared.computeIfAbsent(solver, key -> key.prepare(statistics));
  }

  private static long blockRows(ModulePlan module) {
    if (module.solver().coupling() == Solver.RowCoupling.WHOLE
        || !module.solver().statistics().isEmpty()) {
      return Math.max(1, module.rows());
    }
    long bytesOfRow = Math.max(1, module.weight().spec().bytes() / Math.max(1, module.rows()));
    long blocks = Math.max(1, CACHE_BLOCK / bytesOfRow / CompressionFormat.ROW_BLOCK);
    return blocks * CompressionFormat.ROW_BLOCK;
  }

  private static TensorSpec spec(ModulePlan module, String suffix, Tensor tensor) {
    return new TensorSpec(
        module.module() + "." + suffix, Tensors.dtype(tensor), Tensors.shape(tensor));
  }

  private WrittenFile write(Map<TensorSpec, Tensor> solved) throws IOException {
    SafetensorsLayout layout = SafetensorsLayout.of(List.copyOf(solved.keySet()));
    String name = unit.id() + "-" + UUID.randomUUID() + ".safetensors";
    try (TensorWriter writer = new TensorWriter(run.solvedStore(), name, layout)) {
      for (TensorSpec spec : layout.tensors()) {
        writer.write(spec, solved.get(spec));
      }
      return writer.commit();
    }
  }
}
