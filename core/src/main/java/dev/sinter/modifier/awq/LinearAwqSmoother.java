/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.awq.BestFactors.Found;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.MeanByChannel;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AWQ as ModelOpt's awq_lite does it: factors are chosen for each linear module by itself, and
 * those of modules that read one tensor are averaged, as 1/s, before they are folded away. The
 * squared error of a module's outputs comes from the Gram matrix of its input.
 *
 * @param exponents the exponents that are tried
 */
public record LinearAwqSmoother(List<Double> exponents) implements Smoother {
  private static final double SMALLEST = 1e-4;
  private static final double LARGEST = 1e4;

  public LinearAwqSmoother {
    exponents = List.copyOf(exponents);
  }

  /** With exponents from 0 to 1 in such steps. */
  public static LinearAwqSmoother of(double step) {
    List<Double> exponents = new ArrayList<>();
    for (int index = 0; index * step < 1 - 1e-9; index++) {
      exponents.add(index * step);
    }
    exponents.add(1.0);
    return new LinearAwqSmoother(exponents);
  }

  @Override
  public Point point() {
    return Point.READ;
  }

  @Override
  public Set<StatisticType> statistics() {
    return Set.of(StatisticType.MAGNITUDE, StatisticType.GRAM);
  }

  @Override
  public boolean isForRounding() {
    return true;
  }

  @Override
  public Factors factors(List<Linear> linears, Map<StatisticType, Statistic> input) {
    List<Linear> rounded = linears.stream().filter(linear -> linear.args().isPresent()).toList();
    MeanByChannel mean = (MeanByChannel) input.get(StatisticType.MAGNITUDE);
    float[] mean_C = mean.mean_C();
    DType dtype = Tensors.dtype(linears.get(0).weight_RC());
    if (mean.tokens() == 0) {
      return Factors.unseen(dtype, mean_C.length);
    }
    try (Scope scope = Scope.open()) {
      OutputError error =
          new OutputError(((GramMatrix) input.get(StatisticType.GRAM)).quadraticForm(), dtype);
      Tensor magnitude_C = Tensors.of(mean_C, mean_C.length);
      Tensor inverses_C = Tensors.zeros(DType.F64, Shape.of(mean_C.length));
      Map<String, Double> figures = new LinkedHashMap<>();
      for (Linear linear : rounded) {
        try (Scope inner = Scope.open()) {
          Tensor factor_C = best(linear, magnitude_C, error, figures);
          inverses_C.add_(Tensors.to(factor_C, DType.F64).reciprocal());
        }
      }
      // pre_quant_scale is 1/s: q, k and v, or gate and up, are given its mean.
      Tensor shared_C = inverses_C.div_(new Scalar(rounded.size())).reciprocal();
      return new Factors(scope.keep(Tensors.to(shared_C, dtype)), figures);
    }
  }

  /** The factors by which one module loses least. */
  private Tensor best(
      Linear linear, Tensor magnitude_C, OutputError error, Map<String, Double> figures) {
    RoundedWeights weights = new RoundedWeights(List.of(linear));
    Tensor weight_C = weights.magnitudes_C();
    List<Tensor> candidates =
        exponents.stream()
            .map(exponent -> candidate(magnitude_C, weight_C, exponent))
            .map(exact_C -> Tensors.to(exact_C, weights.dtype()))
            .toList();
    Found found =
        new BestFactors(weights, error)
            .among(candidates)
            .orElseThrow(
                () ->
                    new ArithmeticException(
                        "No factors were found for what "
                            + linear.module()
                            + " reads: the loss of each is no number. Activations or weights here"
                            + " are NaN or infinite, or their squares overflow"));
    figures.merge("loss", found.loss(), Double::sum);
    figures.put(
        "alpha:" + linear.module().substring(linear.module().lastIndexOf('.') + 1),
        exponents.get(found.index()));
    return candidates.get(found.index());
  }

  /** a^α / w^(1-α) within bounds, over the root of its largest times its smallest. */
  private static Tensor candidate(Tensor magnitude_C, Tensor weight_C, double exponent) {
    Tensor ratio_C =
        Tensors.to(magnitude_C.pow(new Scalar(exponent)), DType.F64)
            .div(weight_C.pow(new Scalar(1 - exponent)).add_(new Scalar(Float.MIN_NORMAL)));
    Tensor bounded_C = Tensors.clamp(ratio_C, SMALLEST, LARGEST);
    return bounded_C.div(bounded_C.max().mul(bounded_C.min()).sqrt());
  }
}
