/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.Smoother.Factors;
import dev.sinter.plan.SmoothingPlan;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.tensor.Torch;
import dev.sinter.weight.WeightSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/** Chooses the factors of a pair, and writes them into the workspace. */
public record SmoothUnit(String id, SmoothingPlan plan) implements WorkUnit {
  /** The tensor that holds them. */
  public static final String FACTORS = "factors";

  /** By which the figures of a pair are known: a method may smooth a module that another does. */
  public static String figuresName(SmoothingPlan plan) {
    return plan.method()
        + ":"
        + plan.pair().producer()
        + ":"
        + plan.pair().linears().get(0)
        + "."
        + FACTORS;
  }

  /** The same with other sources of the weights, by their modules. */
  public SmoothUnit reading(BiFunction<String, WeightSource, WeightSource> change) {
    List<SmoothingPlan.Linear> linears =
        plan.linears().stream()
            .map(
                linear ->
                    new SmoothingPlan.Linear(
                        linear.module(),
                        change.apply(linear.module(), linear.weight()),
                        linear.representation()))
            .toList();
    return new SmoothUnit(
        id, new SmoothingPlan(plan.method(), plan.smoother(), plan.pair(), plan.offset(), linears));
  }

  @Override
  public List<StatisticType> statistics() {
    return plan.smoother().statistics().stream()
        .sorted(Comparator.comparing(StatisticType::label))
        .toList();
  }

  @Override
  public SolvedUnit run(RunContext run, Map<StatisticType, Statistic> statistics)
      throws IOException {
    run.enterTask();
    long start = System.nanoTime();
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(run.checkpointStore())) {
      List<Smoother.Linear> linears = new ArrayList<>();
      for (SmoothingPlan.Linear linear : plan.linears()) {
        Tensor weight_RC = linear.weight().rows(reader, 0, linear.weight().rows());
        linears.add(new Smoother.Linear(linear.module(), weight_RC, linear.args()));
      }
      Factors factors = choose(linears, statistics);
      long solved = System.nanoTime();
      WrittenFile file = write(run, Tensors.to(factors.factor_C(), DType.F32).contiguous());
      ModuleFigures figures = new ModuleFigures(figuresName(plan), "", factors.figures());
      SolvedUnit.Seconds seconds = SolvedUnit.Seconds.since(start, solved);
      return new SolvedUnit(id, file, List.of(figures), List.of(), seconds, Torch.cpuCapability());
    }
  }

  private Factors choose(List<Smoother.Linear> linears, Map<StatisticType, Statistic> statistics) {
    Factors factors = plan.smoother().factors(linears, statistics);
    Tensor factor_C = factors.factor_C();
    boolean sound =
        factor_C
            .isfinite()
            .logical_and(factor_C.gt(new org.bytedeco.pytorch.Scalar(0)))
            .all()
            .item_bool();
    if (!sound) {
      throw new ArithmeticException(
          plan.pair().producer()
              + ": the factors for "
              + String.join(", ", plan.pair().linears())
              + " are no positive numbers. The calibration data produced activations here that are"
              + " NaN or infinite, or the weights hold such");
    }
    return factors;
  }

  private WrittenFile write(RunContext run, Tensor factor_C) throws IOException {
    TensorSpec spec = new TensorSpec(FACTORS, DType.F32, Tensors.shape(factor_C));
    String name = id + "-" + UUID.randomUUID() + ".safetensors";
    try (TensorWriter writer =
        new TensorWriter(run.solvedStore(), name, SafetensorsLayout.of(List.of(spec)))) {
      writer.write(spec, factor_C);
      return writer.commit();
    }
  }
}
