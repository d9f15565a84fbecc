/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The arithmetic between weights and codes, in the weight's own type, as compressed-tensors does
 * it.
 */
public final class Quantizer {
  private final QuantizationArgs args;

  public Quantizer(QuantizationArgs args) {
    this.args = args;
  }

  /**
   * Scales and zero points from the smallest and largest value of each group (the observer
   * memoryless_minmax): symmetric s = max|w| / ((high - low) / 2); asymmetric s = (max - min) /
   * (high - low), z = low - min / s.
   */
  public QuantizationParameters observe(Tensor weight_RC) {
    try (Scope scope = Scope.open()) {
      Tensor grouped_RGC = grouped(weight_RC);
      Tensor zero = torch.zeros_like(grouped_RGC.select(2, 0));
      Tensor min_RG = torch.minimum(grouped_RGC.amin(new long[] {2}, false), zero);
      Tensor max_RG = torch.maximum(grouped_RGC.amax(new long[] {2}, false), zero);
      double range = args.high() - args.low();
      if (args.symmetric()) {
        Tensor largest_RG = torch.maximum(min_RG.abs(), max_RG.abs());
        Tensor scale_RG = nonZero(largest_RG.div(new Scalar(range / 2)));
        return new QuantizationParameters(scope.keep(scale_RG), Optional.empty());
      }
      Tensor exact_RG = max_RG.sub(min_RG).div(new Scalar(range));
      Tensor offset_RG = min_RG.div(exact_RG).neg().add(new Scalar(args.low()));
      Tensor rounded_RG = Tensors.clamp(offset_RG, args.low(), args.high()).round();
      // A group of zeros has scale 0: its quotient is no number, and its zero point is 0.
      Tensor zeroPoint_RG = torch.where(exact_RG.eq(new Scalar(0)), zero, rounded_RG);
      return new QuantizationParameters(
          scope.keep(nonZero(exact_RG)), Optional.of(scope.keep(zeroPoint_RG)));
    }
  }

  /** A scale of zero would divide by zero: the type's epsilon stands for it. */
  private static Tensor nonZero(Tensor scale) {
    Tensor epsilon = torch.full_like(scale, new Scalar(epsilon(Tensors.dtype(scale))));
    return torch.where(scale.eq(new Scalar(0)), epsilon, scale);
  }

  /** The distance from 1 to the next number of the type. */
  private static double epsilon(DType dtype) {
    return switch (dtype) {
      case F32 -> 0x1p-23;
      case BF16 -> 0x1p-7;
      case F16 -> 0x1p-10;
      case F64 -> 0x1p-52;
      default ->
          throw new IllegalArgumentException("Weights of type " + dtype + " are not quantized");
    };
  }

  /** The codes of a weight, as int8 or float8. */
  public Tensor encode(Tensor weight_RC, QuantizationParameters parameters) {
    try (Scope scope = Scope.open()) {
      Tensor codes_RGC =
          code(
              grouped(weight_RC),
              parameters.scale_RG().unsqueeze(2),
              parameters.zeroPoint_RG().map(zero -> zero.unsqueeze(2)));
      DType codeType = args.type() == Type.INT ? DType.I8 : DType.F8_E4M3;
      return scope.keep(Tensors.to(codes_RGC, codeType).reshape(weight_RC.shape()).contiguous());
    }
  }

  /** What codes stand for, in the scale's type. */
  public Tensor decode(QuantizedWeight weight) {
    try (Scope scope = Scope.open()) {
      Tensor codes_RC = weight.codes_RC();
      Tensor scale_RG = weight.parameters().scale_RG();
      Tensor codes_RGC = Tensors.to(grouped(codes_RC), Tensors.dtype(scale_RG));
      Optional<Tensor> groups = weight.groupOfColumn_C().map(index -> Tensors.to(index, DType.I64));
      Tensor decoded_RGC =
          value(
              codes_RGC,
              spread(scale_RG, groups, codes_RGC),
              weight.parameters().zeroPoint_RG().map(zero -> spread(zero, groups, codes_RGC)));
      return scope.keep(decoded_RGC.reshape(codes_RC.shape()).contiguous());
    }
  }

  /**
   * The codes of some values, still in the values' type: q = round(clamp(w / s + z)), half to even
   * for integers, to the nearest float8 for floats. Lies in the innermost scope.
   */
  public Tensor code(Tensor weight, Tensor scale, Optional<Tensor> zeroPoint) {
    Tensor scaled = weight.div(scale);
    if (zeroPoint.isPresent()) {
      scaled = scaled.add_(zeroPoint.get());
    }
    Tensor clamped = Tensors.clamp(scaled, args.low(), args.high());
    return args.type() == Type.INT
        ? clamped.round()
        : Tensors.to(Tensors.to(clamped, DType.F8_E4M3), Tensors.dtype(weight));
  }

  /** What some codes stand for: (q - z) s. Lies in the innermost scope. */
  public static Tensor value(Tensor code, Tensor scale, Optional<Tensor> zeroPoint) {
    Tensor shifted = zeroPoint.isPresent() ? code.sub(zeroPoint.get()) : code;
    return shifted.mul(scale);
  }

  /**
   * Parameters as they meet the columns: each group's own, or by the group that each column was put
   * into.
   */
  private static Tensor spread(
      Tensor parameter_RG, Optional<Tensor> groupOfColumn_C, Tensor like_RGC) {
    return groupOfColumn_C
        .map(groups -> parameter_RG.index_select(1, groups).reshape(like_RGC.shape()))
        .orElseGet(() -> parameter_RG.unsqueeze(2));
  }

  /** A matrix as [rows, groups, columns of a group]. */
  private Tensor grouped(Tensor matrix_RC) {
    long rows = matrix_RC.size(0);
    long columns = matrix_RC.size(1);
    long groupColumns = args.groupColumns(columns);
    return matrix_RC.reshape(rows, columns / groupColumns, groupColumns);
  }
}
