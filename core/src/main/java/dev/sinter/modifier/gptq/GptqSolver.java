/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.modifier.Solver;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.Map;
import java.util.Set;

/** GPTQ with its settings. Rows do not depend on each other once the input's factor is known. */
final class GptqSolver implements Solver {
  private static final long serialVersionUID = 1L;

  private final int blockSize;
  private final double dampening;
  private final ActivationOrder order;

  GptqSolver(int blockSize, double dampening, ActivationOrder order) {
    this.blockSize = blockSize;
    this.dampening = dampening;
    this.order = order;
  }

  @Override
  public Set<StatisticType> statistics() {
    return Set.of(StatisticType.GRAM);
  }

  @Override
  public RowCoupling coupling() {
    return RowCoupling.NONE;
  }

  @Override
  public Prepared prepare(Map<StatisticType, Statistic> input) {
    InverseFactor factor =
        InverseFactor.of((GramMatrix) input.get(StatisticType.GRAM), dampening, order);
    return weight -> new ColumnSweep(factor, blockSize, order).solve(weight);
  }
}
