/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Scales and zero points from ranges, as compressed-tensors computes them (calculate_qparams). */
final class Scales {
  private static final double FP8_MAX = 448;

  /** The bias of the exponents that microscaling formats store. */
  private static final int E8M0_BIAS = 127;

  private Scales() {}

  /**
   * Symmetric: s = max|w| / ((high - low) / 2). Asymmetric: s = (max - min) / (high - low), z = low
   * - min / s. Lies in the innermost scope.
   */
  static QuantizationParameters of(
      QuantizationArgs args, Range range, Optional<Tensor> globalScale) {
    try (Scope scope = Scope.open()) {
      double width = args.high() - args.low();
      if (args.symmetric()) {
        Tensor scale = symmetric(args, range.magnitude(), width / 2, globalScale);
        return new QuantizationParameters(scope.keep(scale), Optional.empty(), globalScale);
      }
      Range.Ends zeroed = range.withZero();
      Tensor exact = zeroed.max().sub(zeroed.min()).div(new Scalar(width));
      Tensor offset = zeroed.min().div(exact).neg().add(new Scalar(args.low()));
      Tensor rounded = Tensors.clamp(offset, args.low(), args.high()).round();
      // What is zero everywhere has scale 0: its quotient is no number, and its zero point is 0.
      Tensor zeroPoint = torch.where(exact.eq(new Scalar(0)), torch.zeros_like(rounded), rounded);
      return new QuantizationParameters(
          scope.keep(nonZero(exact, epsilon(Tensors.dtype(exact)))),
          Optional.of(scope.keep(zeroPoint)));
    }
  }

  private static Tensor symmetric(
      QuantizationArgs args, Tensor magnitude, double halfWidth, Optional<Tensor> globalScale) {
    if (args.scaleType() == ScaleType.E8M0) {
      return powerOfTwo(args, magnitude);
    }
    Tensor scale = magnitude.div(new Scalar(halfWidth));
    if (globalScale.isPresent()) {
      scale = Tensors.to(scale, DType.F32).mul(globalScale.get());
    }
    if (args.scaleType() == ScaleType.F8_E4M3) {
      Tensor clamped = Tensors.clamp(scale, -FP8_MAX, FP8_MAX);
      Tensor rounded = Tensors.to(Tensors.to(clamped, DType.F8_E4M3), Tensors.dtype(scale));
      return nonZero(rounded, epsilon(DType.F8_E4M3));
    }
    return nonZero(scale, epsilon(Tensors.dtype(scale)));
  }

  /**
   * The multiplier that lets the largest group's scale be the largest eight-bit float: 448 * 6 /
   * max|w| over all that shares it (NVFP4). A maximum that is zero or no number counts as one that
   * needs no scaling. Lies in the innermost scope.
   */
  static Tensor global(QuantizationArgs args, Survey.Extremes extremes, DType weightType) {
    try (Scope scope = Scope.open()) {
      double magnitude = Math.max(Math.abs(extremes.min()), Math.abs(extremes.max()));
      Tensor largest =
          constant(magnitude, weightType).clamp_min(new Scalar(smallestNormal(weightType)));
      // PyTorch divides a number by a tensor so: two roundings where one would do.
      Tensor exact = largest.reciprocal().mul(new Scalar(FP8_MAX * args.high()));
      Tensor finite = torch.where(exact.isfinite(), exact, torch.ones_like(exact));
      return scope.keep(Tensors.to(finite, DType.F32));
    }
  }

  /** A tensor [1] of that value. */
  static Tensor constant(double value, DType dtype) {
    Tensor tensor = Tensors.zeros(dtype, Shape.of(1));
    return tensor.fill_(new Scalar(value));
  }

  /**
   * The power of two below max|w|, or above it from 1.75 times that power on, over the largest
   * power of two that is a code: 4 for e2m1, 256 for e4m3 (the OCP microscaling formats, with the
   * rounding of compressed-tensors). In fp32.
   */
  private static Tensor powerOfTwo(QuantizationArgs args, Tensor magnitude) {
    int codeExponent = args.isFp4() ? 2 : 8;
    Tensor wide = Tensors.to(magnitude, DType.F32);
    Tensor bits = wide.view(DType.I32.scalarType());
    // Adding a quarter of the mantissa carries into the exponent from 1.75 on.
    Tensor exponent =
        bits.add(new Scalar(1 << 21)).__rshift__(new Scalar(23)).sub(new Scalar(codeExponent));
    Tensor stored = exponent.clamp_min(new Scalar(0));
    Tensor scale =
        torch.pow(new Scalar(2.0), Tensors.to(stored.sub(new Scalar(E8M0_BIAS)), DType.F32));
    Tensor notANumber = torch.full_like(scale, new Scalar(Double.NaN));
    return torch.where(wide.isfinite(), scale, notANumber);
  }

  /** The stored exponents of scales that are powers of two. */
  static Tensor exponents(Tensor scale) {
    Tensor bits = Tensors.to(scale, DType.F32).contiguous().view(DType.I32.scalarType());
    return Tensors.to(bits.__rshift__(new Scalar(23)), DType.U8);
  }

  /** The powers of two of stored exponents, in fp32. */
  static Tensor powers(Tensor exponents) {
    Tensor wide = Tensors.to(exponents, DType.F32).sub(new Scalar(E8M0_BIAS));
    return torch.pow(new Scalar(2.0), wide);
  }

  /** A scale of zero would divide by zero: an epsilon stands for it. */
  private static Tensor nonZero(Tensor scale, double epsilon) {
    Tensor instead = torch.full_like(scale, new Scalar(epsilon));
    return torch.where(scale.eq(new Scalar(0)), instead, scale);
  }

  /** The distance from 1 to the next number of the type. */
  private static double epsilon(DType dtype) {
    return switch (dtype) {
      case F32 -> 0x1p-23;
      case BF16 -> 0x1p-7;
      case F16 -> 0x1p-10;
      case F64 -> 0x1p-52;
      case F8_E4M3 -> 0x1p-3;
      default ->
          throw new IllegalArgumentException("Weights of type " + dtype + " are not quantized");
    };
  }

  private static double smallestNormal(DType dtype) {
    return dtype == DType.F16 ? 0x1p-14 : dtype == DType.F64 ? Double.MIN_NORMAL : 0x1p-126;
  }
}
