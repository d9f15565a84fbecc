/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.awq.BestFactors.Found;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Strategy;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.MeanByChannel;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * AWQ (arXiv 2306.00978, section 3.2): of a grid of factors, those for which the rounded weights
 * change the outputs of the linear modules least. The reference runs the module around them on all
 * samples for each candidate; here the squared error of the linear modules' own outputs comes from
 * the Gram matrix of their input.
 *
 * @param points how many factors are tried
 */
record AwqSmoother(DuoScaling duo, int points) implements Smoother {
  private static final double SMALLEST = 1e-4;

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
  public Optional<String> refusal(QuantizationArgs args) {
    boolean whole = args.strategy() instanceof Strategy.Tensor;
    return whole && duo != DuoScaling.OFF
        ? Optional.of(
            "duo_scaling weighs columns by their part of what shares a scale, which says nothing"
                + " where a whole weight shares one (strategy tensor). Write duo_scaling: false, or"
                + " take scales by channel, group or block")
        : Optional.empty();
  }

  @Override
  public Factors factors(List<Linear> linears, Map<StatisticType, Statistic> input) {
    List<Linear> rounded = linears.stream().filter(linear -> linear.args().isPresent()).toList();
    if (rounded.isEmpty()) {
      throw new IllegalArgumentException(
          "None of " + linears.stream().map(Linear::module).toList() + " will be rounded");
    }
    MeanByChannel mean = (MeanByChannel) input.get(StatisticType.MAGNITUDE);
    RoundedWeights weights = new RoundedWeights(rounded);
    float[] mean_C = mean.mean_C();
    if (mean.tokens() == 0) {
      return Factors.unseen(weights.dtype(), mean_C.length);
    }
    try (Scope scope = Scope.open()) {
      List<DuoScaling.Point> grid = duo.grid(points);
      List<Tensor> candidates = candidates(grid, Tensors.of(mean_C, mean_C.length), weights);
      OutputError error =
          new OutputError(
              ((GramMatrix) input.get(StatisticType.GRAM)).quadraticForm(), weights.dtype());
      BestFactors search = new BestFactors(weights, error);
      Found best =
          search.among(candidates).orElseThrow(() -> noLoss(rounded.get(0).module(), mean_C));
      return new Factors(
          scope.keep(candidates.get(best.index())), figures(grid.get(best.index()), best));
    }
  }

  private static Map<String, Double> figures(DuoScaling.Point point, Found best) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("loss_before", best.lossOfFirst());
    figures.put("loss", best.loss());
    figures.put("ratio", point.ratio());
    figures.put("duo_scaling", point.duo() ? 1.0 : 0.0);
    return figures;
  }

  /** The factors of each point of the grid, in the type of the weights. In the innermost scope. */
  static List<Tensor> candidates(
      List<DuoScaling.Point> grid, Tensor mean_C, RoundedWeights weights) {
    List<Tensor> candidates = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      boolean anyDuo = grid.stream().anyMatch(DuoScaling.Point::duo);
      Optional<Tensor> magnitude_C =
          anyDuo ? Optional.of(weights.magnitudes_C()) : Optional.empty();
      for (DuoScaling.Point point : grid) {
        Tensor power_C = mean_C.pow(new Scalar(point.ratio()));
        Tensor factor_C =
            point.duo()
                ? Tensors.to(power_C, DType.F64).div(divisor(magnitude_C.orElseThrow(), point))
                : power_C;
        Tensor typed_C = Tensors.to(balanced(factor_C), weights.dtype());
        candidates.add(scope.keep(typed_C));
      }
    }
    return candidates;
  }

  private static Tensor divisor(Tensor magnitude_C, DuoScaling.Point point) {
    return magnitude_C.pow(new Scalar(1 - point.ratio())).add_(new Scalar(SMALLEST));
  }

  /** Scaled so that the largest is as far above one as the smallest is below it. */
  private static Tensor balanced(Tensor factor_C) {
    Tensor bounded_C = factor_C.clamp_min(new Scalar(SMALLEST));
    Tensor middle = bounded_C.max().mul(bounded_C.min()).sqrt();
    Tensor balanced_C = bounded_C.div(middle);
    return torch.where(balanced_C.isfinite(), balanced_C, torch.ones_like(balanced_C));
  }

  private static ArithmeticException noLoss(String module, float[] mean_C) {
    boolean inputs =
        Stream.iterate(0, i -> i < mean_C.length, i -> i + 1)
            .anyMatch(i -> !Float.isFinite(mean_C[i]));
    return new ArithmeticException(
        "No factors were found for what "
            + module
            + " reads: the loss of each is no number. "
            + (inputs
                ? "The calibration data produced activations here that are NaN or infinite: look"
                    + " at the model and its data"
                : "Weights here are NaN or infinite, or activations are so large that their"
                    + " squares overflow: look at the model, or leave these modules out with"
                    + " ignore"));
  }
}
