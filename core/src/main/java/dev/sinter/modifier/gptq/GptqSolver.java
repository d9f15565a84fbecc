/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.modifier.SolveCost;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.Map;
import java.util.Set;

/**
 * GPTQ with its settings: how many columns are rounded before the rest is updated, which fraction
 * of the Hessian's mean diagonal damps it, and in which order columns are visited. Rows do not
 * depend on each other once the input's factor is known.
 */
record GptqSolver(int blockSize, double dampening, ActivationOrder order) implements Solver {

  @Override
  public Set<StatisticType> statistics(QuantizationArgs args) {
    return Set.of(StatisticType.GRAM);
  }

  @Override
  public Coupling coupling(QuantizationArgs args) {
    // Rows do not depend on each other once the input is factored, but columns are updated for all
    // rows at once.
    return Coupling.WHOLE;
  }

  /**
   * Flops of a Cholesky factorization and of the inverse of its factor (C³/3 each; LAPACK Working
   * Note 41, appendix C); of each row, 2(C - i) for the columns behind column i (arXiv 2210.17323,
   * algorithm 1). Three matrices are there at once while the Hessian is put in order and factored;
   * the Gram matrix and the factor stay. The weight is there three times in fp32, as it was and on
   * its way into order; and the codes of those before it, in a byte each or less, may take as much
   * as a fourth.
   */
  @Override
  public SolveCost cost(long columns) {
    double c = columns;
    long matrix = columns * columns * Float.BYTES;
    return new SolveCost(
        2 * c * c * c / 3, c * c, 3 * matrix, 2 * matrix, 4 * columns * Float.BYTES);
  }

  @Override
  public Prepared prepare(Map<StatisticType, Statistic> input) {
    GramMatrix gram = (GramMatrix) input.get(StatisticType.GRAM);
    InverseFactor factor = InverseFactor.of(gram, dampening, order);
    return weight -> new ColumnSweep(factor, gram, this).solve(weight);
  }
}
