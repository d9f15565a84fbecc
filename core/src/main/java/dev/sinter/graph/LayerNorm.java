/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * (x - mean(x)) / sqrt(var(x) + eps) * weight + bias (arXiv 1607.06450, eq. 4); the last two where
 * the module has them.
 */
public record LayerNorm(String module, double epsilon, Affine affine) implements Op {
  /** What becomes of what is normed. */
  public enum Affine {
    WEIGHT_AND_BIAS,
    NONE
  }

  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    Tensor x_NC = inputs.get(0);
    return torch.layer_norm(
        x_NC,
        new long[] {x_NC.size(1)},
        parameter(frame, "weight"),
        parameter(frame, "bias"),
        epsilon,
        false);
  }

  private TensorOptional parameter(Frame frame, String name) {
    return affine == Affine.NONE
        ? new TensorOptional()
        : new TensorOptional(frame.parameter(module + "." + name));
  }

  @Override
  public Carry carry(List<Value> inputs, int index) {
    return new Carry.Lost("the norm " + module + " undoes factors");
  }

  @Override
  public List<String> parameters() {
    return affine == Affine.NONE ? List.of() : List.of(module + ".weight", module + ".bias");
  }
}
