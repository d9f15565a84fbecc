/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.modifier.Solver;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.Plan;
import dev.sinter.plan.Planner;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.recipe.Recipe;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SolveTaskTest {
  private static final AtomicInteger PREPARED = new AtomicInteger();

  @TempDir private Path temp;

  /** Rounds to nearest, and counts how often it is prepared. Solvers of one tag are equal. */
  private record CountingSolver(Solver rounding, int tag) implements Solver {
    @Override
    public Set<StatisticType> statistics(QuantizationArgs args) {
      return Set.of();
    }

    @Override
    public Coupling coupling(QuantizationArgs args) {
      return rounding.coupling(args);
    }

    @Override
    public Prepared prepare(Map<StatisticType, Statistic> input) {
      PREPARED.incrementAndGet();
      return rounding.prepare(input);
    }
  }

  @BeforeEach
  void countFromZero() {
    PREPARED.set(0);
  }

  @Test
  void preparesOnceForModulesWithEqualSolvers() throws IOException {
    solve(1, 1, 1);
    assertThat(PREPARED).hasValue(1);
  }

  @Test
  void preparesAnewForAnotherSolver() throws IOException {
    solve(1, 2, 1);
    assertThat(PREPARED).hasValue(2);
  }

  @Test
  void checksumsWhatItRead() throws IOException {
    SolvedUnit first = solve(1, 1, 1);
    assertThat(first.modules())
        .extracting(SolvedUnit.ModuleFigures::sourceCrc32c)
        .doesNotHaveDuplicates();
    assertThat(solve(1, 1, 1).modules()).isEqualTo(first.modules());
  }

  /** Solves the first modules of the demo model, each with a solver of that tag. */
  private SolvedUnit solve(int... tags) throws IOException {
    String model = TestData.tinyLlamaBf16().toString();
    Recipe recipe =
        Recipe.of(
            new ModifierRegistry()
                .create(
                    "QuantizationModifier",
                    Map.of("scheme", Json.of("W8A16"), "ignore", Json.of(List.of("lm_head")))));
    Plan plan = Planner.plan(Checkpoint.open(FileStores.at(model)), recipe, OutputSettings.DEFAULT);
    List<ModulePlan> modules =
        java.util.stream.IntStream.range(0, tags.length)
            .mapToObj(i -> withSolver(plan.modules().get(i), tags[i]))
            .toList();
    RunContext run =
        new RunContext(
            "run", model, temp.toString(), temp.toString(), Map.of(), Map.of(), DType.BF16, 8, 1);
    Map<StatisticType, Statistic> seen =
        Map.of(StatisticType.TOKENS, StatisticType.TOKENS.empty(/* channels= */ 1));
    return SolveTask.solve(run, new SolveUnit("unit", modules, List.of()), seen);
  }

  private static ModulePlan withSolver(ModulePlan plan, int tag) {
    return new ModulePlan(
        plan.module(),
        plan.weight(),
        plan.scheme(),
        plan.format(),
        new CountingSolver(plan.solver(), tag),
        plan.sharing(),
        plan.decidedBy());
  }
}
