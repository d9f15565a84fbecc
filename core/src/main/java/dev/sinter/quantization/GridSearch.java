/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Shrinks the extremes step by step, p = 1 - i / grid, and keeps for each scale the range with the
 * smallest error, the sum of |decoded - value| to the power of the norm (the observers
 * memoryless_mse and nvfp4_expanded_mse), each times how much its column matters where that is
 * known (imatrix_mse). All arithmetic is in the type of the values. The search stops after {@code
 * patience} steps that bettered no scale of the whole weight.
 */
record GridSearch(
    QuantizationArgs args,
    int steps,
    int patience,
    double grid,
    double norm,
    double expand,
    Importance importance)
    implements RangeFinder {

  static GridSearch of(QuantizationArgs args, Importance importance) {
    Map<String, Double> settings = WeightObservers.searchSettings(args.observer());
    // The search knows no global scale, and so none that is relative to it.
    QuantizationArgs plain =
        args.strategy() instanceof Strategy.TensorGroup
            ? args.withScaleType(ScaleType.UNSET)
            : args;
    return new GridSearch(
        plain,
        (int) (settings.get("maxshrink") * settings.get("grid"))
            + (args.observer().needsCalibration() ? 1 : 0),
        settings.get("patience").intValue(),
        settings.get("grid"),
        settings.get("norm"),
        settings.get("expand"),
        importance);
  }

  @Override
  public boolean couplesRows() {
    return patience < steps;
  }

  @Override
  public Survey survey(Tensor grouped) {
    try (Scope scope = Scope.open()) {
      BitSet improving = new BitSet();
      Range.Ends found = search(grouped, steps, improving);
      int stop = stop(improving);
      Range.Ends stopped = stop == steps ? found : search(grouped, stop, new BitSet());
      return new Survey(stopped.extremes(), improving);
    }
  }

  @Override
  public Range.Ends find(Tensor grouped, Survey whole) {
    try (Scope scope = Scope.open()) {
      int stop = couplesRows() ? stop(whole.improvingSteps()) : steps;
      Range.Ends found = search(grouped, stop, new BitSet());
      return new Range.Ends(scope.keep(found.min()), scope.keep(found.max()));
    }
  }

  /** The number of steps that are made until patience is lost. */
  private int stop(BitSet improving) {
    int idle = 0;
    for (int step = 0; step < steps; step++) {
      idle = improving.get(step) ? 0 : idle + 1;
      if (idle >= patience) {
        return step + 1;
      }
    }
    return steps;
  }

  private Range.Ends search(Tensor grouped, int count, BitSet improving) {
    Range.Ends extremes = Range.Ends.of(grouped);
    Range.Ends start =
        new Range.Ends(
            extremes.min().mul(new Scalar(expand)), extremes.max().mul(new Scalar(expand)));
    Range.Ends best = new Range.Ends(start.min().clone(), start.max().clone());
    DType dtype = importance.errorType(Tensors.dtype(grouped));
    Tensor bestError =
        Tensors.to(
            torch.full_like(start.min(), new Scalar(largest(Tensors.dtype(start.min())))), dtype);
    for (int step = 0; step < count; step++) {
      try (Scope scope = Scope.open()) {
        Scalar p = new Scalar(1 - step / grid);
        Range.Ends candidate = new Range.Ends(start.min().mul(p), start.max().mul(p));
        Tensor error = error(grouped, candidate);
        Tensor better = error.lt(bestError);
        if (better.any().item_bool()) {
          improving.set(step);
          bestError.copy_(torch.where(better, error, bestError));
          best.min().copy_(torch.where(better, candidate.min(), best.min()));
          best.max().copy_(torch.where(better, candidate.max(), best.max()));
        }
      }
    }
    return best;
  }

  private Tensor error(Tensor grouped, Range candidate) {
    QuantizationParameters parameters = Scales.of(args, candidate, Optional.empty());
    Tensor scale = Grouping.spread(parameters.scale_RG());
    Optional<Tensor> zero = parameters.zeroPoint_RG().map(Grouping::spread);
    Tensor code = new Codes(args).round(grouped, scale, zero);
    Tensor decoded = Tensors.to(Codes.value(code, scale, zero), Tensors.dtype(grouped));
    long[] last = {grouped.dim() - 1};
    Tensor powers = decoded.sub_(grouped).abs_().pow_(new Scalar(norm));
    return importance.weigh(powers, args).sum(last);
  }

  private static double largest(DType dtype) {
    return switch (dtype) {
      case BF16 -> 0x1.fep127;
      case F16 -> 65504;
      case F64 -> Double.MAX_VALUE;
      default -> Float.MAX_VALUE;
    };
  }
}
