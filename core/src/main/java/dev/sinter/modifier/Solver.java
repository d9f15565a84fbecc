/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns weights and statistics into codes: a pure function. What the modules that read one input
 * share, such as the factor of its Gram matrix, is prepared once.
 */
public interface Solver extends Serializable {

  /** What it needs to know of the input of a module whose weight is to be represented so. */
  Set<StatisticType> statistics(QuantizationArgs args);

  /**
   * How the rows of a weight that is to be represented so depend on each other; where it is not
   * said, a weight is handed over whole.
   */
  default Coupling coupling(QuantizationArgs args) {
    return Coupling.WHOLE;
  }

  /**
   * Whether subgraphs behind are calibrated on what the solved weights give: rounding to nearest
   * keeps calibrating on the weights as they were, as the peers do.
   */
  default boolean changesWhatFollows() {
    return true;
  }

  /** What a person should know of how it treats a weight that is to be represented so. */
  default Optional<String> notice(QuantizationArgs args) {
    return Optional.empty();
  }

  /** What the work on modules of one input takes; nothing worth counting if not said. */
  default SolveCost cost(long columns) {
    return SolveCost.NONE;
  }

  /** The work that modules with this input share. Lies in the innermost scope. */
  Prepared prepare(Map<StatisticType, Statistic> input);

  /** A solver that knows the input. */
  @FunctionalInterface
  interface Prepared {
    /** Solves one module. The solution lies in the innermost scope. */
    Solution solve(ModuleWeight weight);
  }
}
