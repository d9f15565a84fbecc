/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.quantization.RangeCandidates.Fp8Scales;
import dev.sinter.quantization.RangeCandidates.Multiples;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Finds for each scale of a weight the range, of some candidates, by which codes lose least. Every
 * candidate is rounded as it would be written, global scales and types of scales included.
 */
public record RangeSearch(QuantizationArgs args, RangeCandidates candidates) {
  /** The positive finite numbers of e4m3 are its codes 1 to 126. */
  private static final int LARGEST_CODE = 126;

  private static final double LARGEST = 448;

  /** What a change of a weight loses, as numbers for its elements that add up by scale. */
  @FunctionalInterface
  public interface Loss {
    /** Every change counts by its square. */
    Loss SQUARES = Tensor::square;

    /** Of a change in fp32, in its shape. */
    Tensor of(Tensor change_RC);
  }

  /** How rows depend on each other: a scale for all of them looks at all of them. */
  public Coupling coupling() {
    return args.strategy() instanceof Strategy.Tensor && searches()
        ? Coupling.WHOLE
        : new Quantizer(args).coupling();
  }

  /** Whether there is more than one range to choose from; else it is that of the extremes. */
  public boolean searches() {
    boolean float8 = args.scaleType() == ScaleType.F8_E4M3;
    return args.scaleType() != ScaleType.E8M0 && (float8 || candidates instanceof Multiples);
  }

  /**
   * Scales and zero points of a weight, or of rows of it. Lies in the innermost scope.
   *
   * @param whole what is known of the whole weight, if rows are coupled
   */
  public QuantizationParameters observe(Tensor weight_RC, Survey whole, Loss loss) {
    Quantizer quantizer = new Quantizer(args);
    if (!searches()) {
      return quantizer.observe(weight_RC, whole);
    }
    try (Scope scope = Scope.open()) {
      Range range = range(new Grouping(args).group(weight_RC));
      Optional<Tensor> global =
          quantizer.hasGlobalScale()
              ? Optional.of(Scales.global(args, whole.extremes(), Tensors.dtype(weight_RC)))
              : Optional.empty();
      Best best = new Best(weight_RC, Scales.of(args, range, global), loss);
      if (candidates instanceof Multiples multiples) {
        for (double multiple : multiples.of()) {
          best.offer(() -> Scales.of(args, times(range, multiple), global));
        }
      } else if (candidates instanceof Fp8Scales scales) {
        offer(scales.reach(), range.magnitude(), best);
      }
      QuantizationParameters found = best.found();
      return new QuantizationParameters(
          scope.keep(found.scale_RG()),
          found.zeroPoint_RG().map(scope::keep),
          global.map(scope::keep));
    }
  }

  private Range range(Tensor grouped) {
    return args.symmetric() ? Range.Symmetric.of(grouped) : Range.Ends.of(grouped);
  }

  private static Range times(Range range, double multiple) {
    Scalar factor = new Scalar(multiple);
    return range instanceof Range.Ends ends
        ? new Range.Ends(ends.min().mul(factor), ends.max().mul(factor))
        : new Range.Symmetric(range.magnitude().mul(factor));
  }

  /** Eight-bit floats above zero order as their codes do. */
  private void offer(Fp8Scales.Reach reach, Tensor magnitude, Best best) {
    QuantizationParameters start = best.start;
    Tensor exact_RG =
        Tensors.to(magnitude, DType.F32)
            .div(new Scalar(args.high()))
            .mul(start.globalScale().orElseThrow());
    Tensor code_RG =
        Tensors.to(
            Tensors.to(Tensors.clamp(exact_RG, 0, LARGEST), DType.F8_E4M3)
                .view(DType.U8.scalarType()),
            DType.I32);
    Tensor from_RG = reach == Fp8Scales.Reach.ALL ? torch.zeros_like(code_RG) : code_RG;
    for (int step = reach.first(); step <= reach.last(); step++) {
      Scalar distance = new Scalar(step);
      best.offer(
          () -> {
            Tensor near_RG = Tensors.clamp(from_RG.add(distance), 1, LARGEST_CODE);
            Tensor scale_RG = Tensors.to(near_RG, DType.U8).view(DType.F8_E4M3.scalarType());
            return new QuantizationParameters(
                Tensors.to(scale_RG, Tensors.dtype(start.scale_RG())),
                Optional.empty(),
                start.globalScale());
          });
    }
  }

  /** The best parameters so far, for each scale. */
  private final class Best {
    private final Tensor weight_RC;
    private final Tensor exact_RC;
    private final QuantizationParameters start;
    private final Loss loss;
    private final Tensor startLoss;
    private final Tensor least;
    private final Tensor scale_RG;
    private final Optional<Tensor> zeroPoint_RG;

    Best(Tensor weight_RC, QuantizationParameters start, Loss loss) {
      this.weight_RC = weight_RC;
      this.exact_RC = Tensors.to(weight_RC, DType.F32);
      this.start = start;
      this.loss = loss;
      this.startLoss = lossOf(start);
      this.least = torch.full_like(startLoss, new Scalar(Double.POSITIVE_INFINITY));
      this.scale_RG = start.scale_RG().clone();
      this.zeroPoint_RG = start.zeroPoint_RG().map(Tensor::clone);
    }

    void offer(Supplier<QuantizationParameters> candidate) {
      try (Scope scope = Scope.open()) {
        QuantizationParameters parameters = candidate.get();
        Tensor found = lossOf(parameters);
        Tensor better = found.lt(least);
        least.copy_(torch.where(better, found, least));
        Tensor shaped_RG = better.view_as(scale_RG);
        scale_RG.copy_(torch.where(shaped_RG, parameters.scale_RG(), scale_RG));
        zeroPoint_RG.ifPresent(
            zero -> zero.copy_(torch.where(shaped_RG, parameters.zeroPoint_RG().get(), zero)));
      }
    }

    /** What loses nothing is not better than the extremes, which lose nothing either. */
    QuantizationParameters found() {
      Tensor exact_RG = startLoss.eq(new Scalar(0)).view_as(scale_RG);
      return new QuantizationParameters(
          torch.where(exact_RG, start.scale_RG(), scale_RG),
          zeroPoint_RG.map(zero -> torch.where(exact_RG, start.zeroPoint_RG().get(), zero)),
          start.globalScale());
    }

    /** A number for each scale; in the innermost scope. */
    private Tensor lossOf(QuantizationParameters parameters) {
      try (Scope scope = Scope.open()) {
        Tensor rounded_RC = new Quantizer(args).round(weight_RC, parameters);
        Tensor change_RC = Tensors.to(rounded_RC, DType.F32).sub(exact_RC);
        Tensor grouped = new Grouping(args).group(loss.of(change_RC));
        return scope.keep(grouped.sum(new long[] {grouped.dim() - 1}));
      }
    }
  }
}
