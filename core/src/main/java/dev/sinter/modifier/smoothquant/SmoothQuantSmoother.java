/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import dev.sinter.modifier.Smoother;
import dev.sinter.statistic.ExtremesByChannel;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Factors from the range of each channel, r = max x - min x, and from the weights that read it. All
 * is computed in the type of the weights.
 *
 * @param strength how much of the range moves into the weights
 */
record SmoothQuantSmoother(Algorithm algorithm, double strength) implements Smoother {
  private static final double SMALLEST_FACTOR = 1e-5;

  enum Algorithm {
    /** r^a / w^(1-a), where w is twice the largest |w| of the column (arXiv 2211.10438, eq. 4). */
    SMOOTHQUANT,
    /** r / log2(2 + r), whatever the weights are (arXiv 2308.15987). */
    LOG_EQUALIZATION
  }

  @Override
  public Point point() {
    return Point.PRODUCED;
  }

  @Override
  public Set<StatisticType> statistics() {
    return Set.of(StatisticType.CHANNEL_EXTREMES);
  }

  @Override
  public Factors factors(List<Linear> linears, Map<StatisticType, Statistic> input) {
    ExtremesByChannel extremes = (ExtremesByChannel) input.get(StatisticType.CHANNEL_EXTREMES);
    DType dtype = Tensors.dtype(linears.get(0).weight_RC());
    if (extremes.sequences() == 0) {
      return Factors.unseen(dtype, extremes.min_C().length);
    }
    try (Scope scope = Scope.open()) {
      Tensor range_C = typed(extremes.max_C(), dtype).sub(typed(extremes.min_C(), dtype));
      Tensor factor_C =
          switch (algorithm) {
            case SMOOTHQUANT -> smooth(range_C, largest(linears));
            case LOG_EQUALIZATION -> range_C.div(range_C.add(new Scalar(2)).log2());
          };
      Tensor bounded_C = factor_C.clamp_min(new Scalar(SMALLEST_FACTOR));
      requireFinite(range_C, bounded_C, linears);
      Map<String, Double> figures =
          Map.of(
              "smallest_factor", bounded_C.min().item_double(),
              "largest_factor", bounded_C.max().item_double());
      return new Factors(scope.keep(bounded_C), figures);
    }
  }

  private static Tensor typed(float[] values, DType dtype) {
    return Tensors.to(Tensors.of(values, values.length), dtype);
  }

  /** Twice the largest |w| of each column of all weights. */
  private static Tensor largest(List<Linear> linears) {
    Tensor largest_C = columnMagnitudes(linears.get(0).weight_RC());
    for (Linear linear : linears.subList(1, linears.size())) {
      largest_C = torch.maximum(largest_C, columnMagnitudes(linear.weight_RC()));
    }
    return largest_C.mul(new Scalar(2));
  }

  /** Without |W|, which would be another matrix. */
  private static Tensor columnMagnitudes(Tensor weight_RC) {
    long[] rows = {0};
    return torch.maximum(weight_RC.amax(rows, false), weight_RC.amin(rows, false).neg());
  }

  private Tensor smooth(Tensor range_C, Tensor weight_C) {
    Tensor ratio_C = range_C.pow(new Scalar(strength)).div(weight_C.pow(new Scalar(1 - strength)));
    return torch.where(weight_C.eq(new Scalar(0)), range_C, ratio_C);
  }

  private static void requireFinite(Tensor range_C, Tensor factor_C, List<Linear> linears) {
    Tensor wrong_C = factor_C.isfinite().logical_not();
    long count = wrong_C.sum().item_long();
    if (count > 0) {
      boolean ranges = range_C.isfinite().logical_not().any().item_bool();
      throw new ArithmeticException(
          count
              + " of the "
              + factor_C.size(0)
              + " channels that "
              + linears.get(0).module()
              + " reads cannot be smoothed: "
              + (ranges
                  ? "the calibration data produced activations here that are NaN or infinite"
                  : "weights here are NaN or infinite"));
    }
  }
}
