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
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.tensor.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
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
  private final Map<Solver, Solver.Prepared> prepared = new HashMap<>();

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
      // In the scope of the whole unit, since its modules share what is prepared.
      unit.ranges().forEach(range -> prepare(range.module().solver()));
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
    long step = Math.min(blockRows(module), range.rows());
    try (Scope scope = Scope.open()) {
      Blocks blocks = new Blocks(module);
      Tensor buffer_RC =
          Tensors.empty(module.weight().spec().dtype(), Shape.of(step, module.columns()));
      for (long row = 0; row < range.rows(); row += step) {
        long rows = Math.min(step, range.rows() - row);
        Tensor weight_RC =
            reader.readRows(module.weight(), range.firstRow() + row, rows, buffer_RC);
        solveBlock(blocks, weight_RC, range.firstRow() + row);
      }
      blocks.whole().forEach((spec, tensor) -> solved.put(spec, scope.keep(tensor)));
      return new SolvedUnit.ModuleFigures(
          module.module(), range.firstRow(), range.rows(), blocks.checksum(), blocks.figures);
    }
  }

  private void solveBlock(Blocks blocks, Tensor weight_RC, long firstRow) {
    try (Scope scope = Scope.open()) {
      ModulePlan module = blocks.module;
      Solver.Prepared solver = prepared.get(module.solver());
      Solution solution =
          solver.solve(new ModuleWeight(module.module(), weight_RC, module.scheme().weights()));
      blocks.count(weight_RC, solution);
      module
          .format()
          .compress(solution.weight(), module.scheme().weights())
          .forEach((suffix, tensor) -> blocks.add(suffix, tensor, firstRow, scope));
    }
  }

  /** What the blocks of a range give, one after another. */
  private static final class Blocks {
    private final ModulePlan module;
    private final Map<String, List<Tensor>> tensors = new LinkedHashMap<>();
    private final Map<String, Double> figures = new LinkedHashMap<>();
    private final CRC32C checksum = new CRC32C();

    Blocks(ModulePlan module) {
      this.module = module;
    }

    void count(Tensor weight_RC, Solution solution) {
      Tensors.pieces(weight_RC, (offset, piece) -> checksum.update(piece));
      solution.figures().forEach((name, value) -> figures.merge(name, value, Double::sum));
      Tensor scale_RG = solution.weight().parameters().scale_RG();
      long finite = scale_RG.isfinite().sum().item_long();
      figures.merge(NON_FINITE_SCALES, (double) (scale_RG.numel() - finite), Double::sum);
    }

    /** Adds a tensor of a block; what describes the whole module comes with its first row, once. */
    void add(String suffix, Tensor tensor, long firstRow, Scope scope) {
      if (!CompressionFormat.isDescriptive(suffix)) {
        tensors.computeIfAbsent(suffix, key -> new ArrayList<>()).add(scope.keep(tensor));
      } else if (firstRow == 0) {
        tensors.put(suffix, List.of(scope.keep(describe(module, suffix, tensor))));
      }
    }

    /** The blocks put together, in the innermost scope. */
    Map<TensorSpec, Tensor> whole() {
      Map<TensorSpec, Tensor> whole = new LinkedHashMap<>();
      tensors.forEach(
          (suffix, parts) -> {
            Tensor tensor =
                parts.size() == 1
                    ? parts.get(0)
                    : torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
            String name = module.module() + "." + suffix;
            whole.put(new TensorSpec(name, Tensors.dtype(tensor), Tensors.shape(tensor)), tensor);
          });
      return whole;
    }

    String checksum() {
      return HexFormat.of().toHexDigits((int) checksum.getValue());
    }
  }

  /** The shape of the whole weight, where a block knows but its own. */
  private static Tensor describe(ModulePlan module, String suffix, Tensor tensor) {
    return suffix.equals(CompressionFormat.SHAPE)
        ? Tensors.of(module.weight().spec().shape().toArray(), 2)
        : tensor;
  }

  private void prepare(Solver solver) {
    try {
      prepared.computeIfAbsent(solver, key -> key.prepare(statistics));
    } catch (ArithmeticException e) {
      List<String> modules = unit.ranges().stream().map(range -> range.module().module()).toList();
      throw new ArithmeticException(String.join(", ", modules) + ": " + e.getMessage());
    }
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
