/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Chooses factors for the channels between a module and the linear modules that read it: their
 * columns are multiplied and its rows divided, so that the model stays what it is and is easier to
 * round. A pure function.
 */
public interface Smoother extends Serializable {

  /** Where the activation is looked at. */
  enum Point {
    /** What the module puts out whose rows are divided. */
    PRODUCED,
    /** What the first of the linear modules reads. */
    READ
  }

  Point point();

  /** What it needs to know of the activation there. */
  Set<StatisticType> statistics();

  /**
   * Whether it looks at how weights are rounded, so that it leaves a pair alone of which none will
   * be.
   */
  default boolean isForRounding() {
    return false;
  }

  /** Why it cannot smooth for a weight that is to be represented so; empty if it can. */
  default Optional<String> refusal(QuantizationArgs args) {
    return Optional.empty();
  }

  /** The factors for the channels of a pair. They lie in the innermost scope. */
  Factors factors(List<Linear> linears, Map<StatisticType, Statistic> input);

  /**
   * A linear module of a pair.
   *
   * @param args how its weight will be represented; empty if it stays dense
   */
  record Linear(String module, Tensor weight_RC, Optional<QuantizationArgs> args) {}

  /**
   * A positive number for each channel, in the type of the weights, and figures about the choice,
   * by name.
   */
  record Factors(Tensor factor_C, Map<String, Double> figures) {
    /** The figure that tells of an input that was never seen, so that nothing is scaled. */
    public static final String UNSEEN = "unseen";

    /** Ones, for an input that was never seen. In the innermost scope. */
    public static Factors unseen(DType dtype, long channels) {
      Tensor ones_C = Tensors.empty(dtype, Shape.of(channels)).fill_(new Scalar(1));
      return new Factors(ones_C, Map.of(UNSEEN, 1.0));
    }
  }
}
