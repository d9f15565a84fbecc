/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * An operation. Hidden states are [batch, tokens, channels] throughout. The arithmetic, down to
 * where it changes type, is that of Transformers' eager modules.
 */
public interface Op extends Serializable {

  /** Computes the output, in the innermost scope. */
  Tensor apply(Weights weights, List<Tensor> inputs);

  /** The names of the parameters that it reads. */
  default List<String> parameters() {
    return List.of();
  }

  /** Token ids to rows of a table. */
  record Embedding(String module) implements Op {
    @Override
    public Tensor apply(Weights weights, List<Tensor> inputs) {
      return torch.embedding(weights.parameter(module + ".weight"), inputs.get(0));
    }

    @Override
    public List<String> parameters() {
      return List.of(module + ".weight");
    }
  }

  /** x Wᵀ, plus a bias where the module has one. */
  record Linear(String module, Bias bias) implements Op {
    /** Whether the module has a bias. */
    public enum Bias {
      PRESENT,
      ABSENT
    }

    @Override
    public Tensor apply(Weights weights, List<Tensor> inputs) {
      Tensor weight_RC = weights.parameter(weight());
      TensorOptional biasTensor =
          bias == Bias.PRESENT
              ? new TensorOptional(weights.parameter(module + ".bias"))
              : new TensorOptional();
      return torch.linear(inputs.get(0), weight_RC, biasTensor);
    }

    /** The name of its weight in the checkpoint. */
    public String weight() {
      return module + ".weight";
    }

    @Override
    public List<String> parameters() {
      return bias == Bias.PRESENT ? List.of(weight(), module + ".bias") : List.of(weight());
    }
  }

  /** x / sqrt(mean(x²) + eps), in fp32, times the weight (arXiv 1910.07467, eq. 4). */
  record RmsNorm(String module, double epsilon) implements Op {
    @Override
    public Tensor apply(Weights weights, List<Tensor> inputs) {
      Tensor x_BTC = inputs.get(0);
      Tensor exact_BTC = Tensors.to(x_BTC, DType.F32);
      Tensor variance_BT1 = exact_BTC.square().mean(new long[] {-1}, true, null);
      Tensor normed_BTC = exact_BTC.mul(variance_BT1.add(new Scalar(epsilon)).rsqrt());
      return weights
          .parameter(module + ".weight")
          .mul(Tensors.to(normed_BTC, Tensors.dtype(x_BTC)));
    }

    @Override
    public List<String> parameters() {
      return List.of(module + ".weight");
    }
  }

  /** x σ(x). */
  record Silu() implements Op {
    @Override
    public Tensor apply(Weights weights, List<Tensor> inputs) {
      return torch.silu(inputs.get(0));
    }
  }

  /** The sum of two tensors. */
  record Add() implements Op {
    @Override
    public Tensor apply(Weights weights, List<Tensor> inputs) {
      return inputs.get(0).add(inputs.get(1));
    }
  }

  /** The product of two tensors, element by element. */
  record Multiply() implements Op {
    @Override
    public Tensor apply(Weights weights, List<Tensor> inputs) {
      return inputs.get(0).mul(inputs.get(1));
    }
  }
}
