/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** (x - mean(x)) / sqrt(var(x) + eps) * weight + bias (arXiv 1607.06450, eq. 4). */
public record LayerNorm(String module, double epsilon) implements Op {
  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    Tensor x_NC = inputs.get(0);
    return torch.layer_norm(
        x_NC,
        new long[] {x_NC.size(1)},
        new TensorOptional(frame.parameter(module + ".weight")),
        new TensorOptional(frame.parameter(module + ".bias")),
        epsilon,
        false);
  }

  @Override
  public List<String> parameters() {
    return List.of(module + ".weight", module + ".bias");
  }
}
