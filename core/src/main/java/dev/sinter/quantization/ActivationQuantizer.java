/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Rounds an activation to its codes and back, as a client of compressed-tensors computes with it:
 * by scales found before, by scales found in it, or, for groups under a global scale, by both.
 *
 * @param scale the scale that was found before, in its stored shape; empty if it is found at run
 *     time
 * @param zeroPoint goes with the scale, where codes are not symmetric
 * @param globalScale what scales of groups are relative to
 */
public record ActivationQuantizer(
    QuantizationArgs args,
    Optional<Tensor> scale,
    Optional<Tensor> zeroPoint,
    Optional<Tensor> globalScale) {

  public ActivationQuantizer {
    boolean fixed = args.dynamic() == QuantizationArgs.Dynamic.NO;
    if (fixed != scale.isPresent()) {
      throw new IllegalArgumentException(
          fixed
              ? "Codes that are not dynamic need a scale that was found before"
              : "Dynamic codes find their scales at run time; one is given");
    }
    if (args.dynamic() == QuantizationArgs.Dynamic.LOCAL && globalScale.isEmpty()) {
      throw new IllegalArgumentException("dynamic: local needs a global scale");
    }
  }

  /** Whether activations can be rounded by scales that are shared so. */
  public static boolean isRun(QuantizationArgs args) {
    return args.dynamic() == QuantizationArgs.Dynamic.NO
        ? args.strategy() instanceof Strategy.Tensor || args.strategy() instanceof Strategy.Head
        : args.strategy() instanceof Strategy.Tensor
            || args.strategy() instanceof Strategy.Token
            || args.groupSize().isPresent();
  }

  /** What a client computes with in place of [tokens, channels]. In the innermost scope. */
  public Tensor apply(Tensor x_NC) {
    if (x_NC.numel() == 0) {
      return x_NC;
    }
    try (Scope scope = Scope.open()) {
      Grouping grouping = new Grouping(args);
      Tensor grouped = grouping.group(x_NC);
      QuantizationParameters parameters = parameters(grouped);
      Tensor rounded =
          rounded(
              grouped,
              Grouping.spread(parameters.effectiveScale()),
              parameters.zeroPoint_RG().map(Grouping::spread));
      Tensor whole_NC = grouping.ungroup(rounded, x_NC.size(0), x_NC.size(1));
      return scope.keep(Tensors.to(whole_NC, Tensors.dtype(x_NC)));
    }
  }

  /** What a client computes with in place of [tokens, heads, channels]. In the innermost scope. */
  public Tensor applyToHeads(Tensor x_NHD) {
    if (x_NHD.numel() == 0) {
      return x_NHD;
    }
    try (Scope scope = Scope.open()) {
      long heads = x_NHD.size(1);
      if (args.strategy() instanceof Strategy.Head) {
        Tensor rounded =
            rounded(
                x_NHD,
                scale.orElseThrow().reshape(1, heads, 1),
                zeroPoint.map(zero -> zero.reshape(1, heads, 1)));
        return scope.keep(Tensors.to(rounded, Tensors.dtype(x_NHD)));
      }
      Tensor flat_NC = apply(x_NHD.reshape(x_NHD.size(0), heads * x_NHD.size(2)));
      return scope.keep(flat_NC.reshape(x_NHD.shape()));
    }
  }

  private QuantizationParameters parameters(Tensor grouped) {
    return scale.isPresent()
        ? new QuantizationParameters(scale.get().reshape(1), zeroPoint.map(zero -> zero.reshape(1)))
        : Scales.of(args, Range.Ends.of(grouped), globalScale);
  }

  private Tensor rounded(Tensor values, Tensor scale, Optional<Tensor> zeroPoint) {
    DType dtype = Tensors.dtype(values);
    Optional<Tensor> zero = zeroPoint.map(stored -> Tensors.to(stored, dtype));
    return Codes.value(new Codes(args).round(values, scale, zero), scale, zero);
  }
}
