/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.modifier.Solver;
import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.ModulePlan;
import dev.sinter.statistic.RangeStatistic;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.statistic.TokenCount;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.tensor.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bytedeco.pytorch.Tensor;

/**
 * Solves the modules of a unit and writes their tensors into the workspace, under a name that no
 * other attempt uses.
 */
public final class SolveTask {
  /** The figure that counts scales which are no numbers: the weight held NaN or infinity. */
  public static final String NON_FINITE_SCALES = ModuleSolve.NON_FINITE_SCALES;

  /** The figure that counts the tokens of the calibration data that a module saw. */
  public static final String TOKENS = "tokens";

  private final RunContext run;
  private final SolveUnit unit;
  private final Map<StatisticType, Statistic> statistics;
  private final Map<Solver, Solver.Prepared> prepared = new HashMap<>();

  private SolveTask(RunContext run, SolveUnit unit, Map<StatisticType, Statistic> statistics) {
    this.run = run;
    this.unit = unit;
    this.statistics = statistics;
  }

  static SolvedUnit solve(RunContext run, SolveUnit unit, Map<StatisticType, Statistic> statistics)
      throws IOException {
    run.enterTask();
    return new SolveTask(run, unit, statistics).solve();
  }

  private SolvedUnit solve() throws IOException {
    long start = System.nanoTime();
    List<ModuleFigures> figures = new ArrayList<>();
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(run.checkpointStore())) {
      Map<TensorSpec, Tensor> solved = new LinkedHashMap<>();
      // In the scope of the whole unit, since its modules share what is prepared.
      unit.modules().forEach(module -> prepare(module.solver()));
      ModuleSolve solve = new ModuleSolve(reader);
      for (ModulePlan module : unit.modules()) {
        figures.add(solve(module, solve, solved).with(TOKENS, tokens()));
      }
      List<String> parameters = findParameters(solved);
      long written = System.nanoTime();
      WrittenFile file = write(solved);
      SolvedUnit.Seconds seconds = SolvedUnit.Seconds.since(start, written);
      return new SolvedUnit(unit.id(), file, figures, parameters, seconds, Torch.cpuCapability());
    }
  }

  private double tokens() {
    return ((TokenCount) statistics.get(StatisticType.TOKENS)).tokens();
  }

  /** Solves a module whole, and adds its tensors, which lie in the enclosing scope. */
  private ModuleFigures solve(ModulePlan module, ModuleSolve solve, Map<TensorSpec, Tensor> solved)
      throws IOException {
    try (Scope scope = Scope.open()) {
      return solve.solve(
          module,
          prepared.get(module.solver()),
          tensors ->
              tensors.forEach(
                  (suffix, tensor) -> {
                    String name = module.module() + "." + suffix;
                    Tensor kept = scope.keep(tensor);
                    solved.put(
                        new TensorSpec(name, Tensors.dtype(kept), Tensors.shape(kept)), kept);
                  }));
    }
  }

  /** Adds the parameters of activations; returns their names. */
  private List<String> findParameters(Map<TensorSpec, Tensor> solved) {
    List<String> names = new ArrayList<>();
    for (ActivationPlan plan : unit.activations()) {
      RangeStatistic ranges = (RangeStatistic) statistics.get(plan.statistic());
      if (ranges.found().isEmpty()) {
        // No token came here, as to an expert that none was routed to.
        continue;
      }
      requireFinite(plan, ranges);
      plan.observer()
          .parameters(ranges.found(), plan.dtype())
          .forEach(
              (suffix, tensor) -> {
                String name = plan.point().tensor(suffix);
                names.add(name);
                solved.put(
                    new TensorSpec(name, Tensors.dtype(tensor), Tensors.shape(tensor)), tensor);
              });
    }
    return names;
  }

  private static void requireFinite(ActivationPlan plan, RangeStatistic ranges) {
    for (float[] range : ranges.found()) {
      for (float end : range) {
        if (!Float.isFinite(end)) {
          throw new ArithmeticException(
              plan.point()
                  + ": the calibration data produced activations here that are NaN or infinite, and"
                  + " no scale covers them. A wider --dtype may help, or leave the module out");
        }
      }
    }
  }

  private void prepare(Solver solver) {
    try {
      prepared.computeIfAbsent(solver, key -> key.prepare(statistics));
    } catch (ArithmeticException e) {
      List<String> modules = unit.modules().stream().map(ModulePlan::module).toList();
      throw new ArithmeticException(String.join(", ", modules) + ": " + e.getMessage());
    }
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
