/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Solver.RowCoupling;
import dev.sinter.plan.ModulePlan;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.task.WorkUnit;
import dev.sinter.task.WorkUnit.RowRange;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DatafreeUnitsTest {
  private record StubSolver(RowCoupling coupling) implements Solver {
    @Override
    public Set<StatisticType> statistics() {
      return Set.of();
    }

    @Override
    public Prepared prepare(Map<StatisticType, Statistic> input) {
      throw new UnsupportedOperationException("Nothing is solved here");
    }
  }

  private static ModulePlan module(String name, long rows, long columns, RowCoupling coupling) {
    QuantizationScheme scheme = Presets.named("W8A8");
    TensorSpec weight = new TensorSpec(name + ".weight", DType.F32, Shape.of(rows, columns));
    return new ModulePlan(
        name,
        new TensorEntry(weight, "f", 0),
        scheme,
        CompressionFormat.of(scheme),
        new StubSolver(coupling),
        "test");
  }

  private static ModulePlan module(String name, long rows, long columns) {
    return module(name, rows, columns, RowCoupling.NONE);
  }

  private static List<String> ranges(List<WorkUnit> units) {
    return units.stream()
        .map(
            unit ->
                unit.ranges().stream()
                    .map(
                        range ->
                            range.module().module() + ":" + range.firstRow() + "+" + range.rows())
                    .toList()
                    .toString())
        .toList();
  }

  @Test
  void smallModulesShareAUnit() {
    List<WorkUnit> units =
        DatafreePipeline.units(
            List.of(module("a", 10, 10), module("b", 10, 10), module("c", 10, 10)), 800);

    assertThat(ranges(units)).containsExactly("[a:0+10, b:0+10]", "[c:0+10]");
    assertThat(units).extracting(WorkUnit::id).containsExactly("rows-000000", "rows-000001");
  }

  @Test
  void largeModulesAreCutAtTheFormatsRowBlock() {
    // A row has 40 bytes: 80 of them would fit, 64 are whole blocks.
    assertThat(ranges(DatafreePipeline.units(List.of(module("a", 150, 10)), 3200)))
        .containsExactly("[a:0+64]", "[a:64+64]", "[a:128+22]");
  }

  @Test
  void moduleWhoseRowsAreHugeIsCutIntoSingleBlocks() {
    assertThat(ranges(DatafreePipeline.units(List.of(module("a", 70, 1000)), 100)))
        .containsExactly("[a:0+32]", "[a:32+32]", "[a:64+6]");
  }

  @Test
  void moduleThatMustBeSolvedWholeIsNotCut() {
    List<ModulePlan> modules = List.of(module("a", 150, 10, RowCoupling.WHOLE));

    assertThat(ranges(DatafreePipeline.units(modules, 3200))).containsExactly("[a:0+150]");
  }

  @Test
  void shortRestOfAModuleIsAUnitOfItsOwn() {
    // 64 rows fill 2560 of 3000 bytes, and the rest of 3 rows would fit beside them.
    assertThat(ranges(DatafreePipeline.units(List.of(module("a", 67, 10)), 3000)))
        .containsExactly("[a:0+64]", "[a:64+3]");
  }

  @Test
  void everyRowIsCoveredOnceAndInOrder() {
    Random random = new Random(1);
    for (int run = 0; run < 300; run++) {
      List<ModulePlan> modules = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        modules.add(module("m" + i, 1 + random.nextInt(300), 1 + random.nextInt(50)));
      }
      long unitBytes = 1L + random.nextInt(20_000);

      Map<String, Long> next = new LinkedHashMap<>();
      for (WorkUnit unit : DatafreePipeline.units(modules, unitBytes)) {
        assertThat(unit.ranges().stream().map(range -> range.module().module()))
            .doesNotHaveDuplicates();
        for (RowRange range : unit.ranges()) {
          assertThat(range.firstRow() % CompressionFormat.ROW_BLOCK).isZero();
          assertThat(range.rows()).isPositive();
          assertThat(range.firstRow()).isEqualTo(next.getOrDefault(range.module().module(), 0L));
          next.merge(range.module().module(), range.rows(), Long::sum);
        }
        long bytes = unit.ranges().stream().mapToLong(DatafreeUnitsTest::bytes).sum();
        assertThat(unit.ranges().size() == 1 || bytes <= unitBytes).isTrue();
      }
      for (ModulePlan module : modules) {
        assertThat(next).containsEntry(module.module(), module.rows());
      }
      assertThat(next.keySet()).containsExactlyElementsOf(names(modules));
    }
  }

  private static long bytes(RowRange range) {
    return range.rows() * range.module().weight().spec().shape().dimension(1) * Float.BYTES;
  }

  private static List<String> names(List<ModulePlan> modules) {
    return modules.stream().map(ModulePlan::module).toList();
  }
}
