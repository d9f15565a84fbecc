/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * x / sqrt(mean(x²) + eps), in fp32, times the weight (arXiv 1910.07467, eq. 4). A weight that is
 * narrower than the input is that of a head: each head is normed by itself.
 */
public record RmsNorm(String module, double epsilon, Scaling scaling) implements Op {
  /** How the weight comes in: families differ in where they round. */
  public enum Scaling {
    /** weight * rounded(x), as Llama has it. */
    ROUNDED,
    /** rounded(weight * x). */
    EXACT,
    /** rounded((1 + weight) * x), as Gemma has it. */
    OFFSET
  }

  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    Tensor x_NC = inputs.get(0);
    Tensor weight_C = frame.parameter(module + ".weight");
    return RowBlocks.map(x_NC, (first, count) -> normed(x_NC.narrow(0, first, count), weight_C));
  }

  private Tensor normed(Tensor x_NC, Tensor weight_C) {
    Tensor exact = Tensors.to(x_NC, DType.F32).view(x_NC.size(0), -1, weight_C.size(0));
    Tensor variance = exact.square().mean(new long[] {-1}, true, null);
    Tensor normed = exact.mul(variance.add_(new Scalar(epsilon)).rsqrt_());
    return scaled(normed, weight_C, Tensors.dtype(x_NC)).view(x_NC.shape());
  }

  private Tensor scaled(Tensor normed, Tensor weight_C, DType dtype) {
    return switch (scaling) {
      case ROUNDED -> Tensors.to(normed, dtype).mul(weight_C);
      case EXACT -> Tensors.to(normed.mul_(weight_C), dtype);
      case OFFSET ->
          Tensors.to(normed.mul_(Tensors.to(weight_C, DType.F32).add(new Scalar(1))), dtype);
    };
  }

  @Override
  public Carry carry(List<Value> inputs, int index) {
    return new Carry.Lost("the norm " + module + " undoes factors");
  }

  @Override
  public List<String> parameters() {
    return List.of(module + ".weight");
  }
}
