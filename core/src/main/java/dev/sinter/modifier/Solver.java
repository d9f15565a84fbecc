/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;

/**
 * Turns weights and statistics into codes: a pure function. What the modules that read one input
 * share, such as the factor of its Gram matrix, is prepared once.
 */
public interface Solver extends Serializable {

  /** How the rows of a weight depend on each other. */
  enum RowCoupling {
    /** Blocks of rows may be solved apart, at multiples of a format's row block. */
    NONE,
    /** A weight must be solved whole. */
    WHOLE
  }

  /** What it needs to know of a module's input. */
  Set<StatisticType> statistics();

  RowCoupling coupling();

  /** The work that modules with this input share. Lies in the innermost scope. */
  Prepared prepare(Map<StatisticType, Statistic> input);

  /** A solver that knows the input. */
  @FunctionalInterface
  interface Prepared {
    /** Solves one module. The solution lies in the innermost scope. */
    Solution solve(ModuleWeight weight);
  }
}
