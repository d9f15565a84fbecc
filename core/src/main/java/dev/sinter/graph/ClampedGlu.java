/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * (up + 1) gate σ(alpha gate), of a gate that is cut above a limit and an up that is cut on both
 * sides: the gating of GPT-OSS (arXiv 2508.10925, section 2.2).
 */
public record ClampedGlu(double alpha, double limit) implements Op {
  @Override
  public String label() {
    return "clamped gate";
  }

  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    Tensor gate = inputs.get(0).clamp_max(new Scalar(limit));
    Tensor up = Tensors.clamp(inputs.get(1), -limit, limit);
    Tensor open = gate.mul(gate.mul(new Scalar(alpha)).sigmoid_());
    return up.add_(new Scalar(1)).mul_(open);
  }
}
