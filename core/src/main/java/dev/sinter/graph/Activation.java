/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Functions of single elements between the matrices of an MLP. */
public enum Activation implements Op {
  /** x σ(x). */
  SILU {
    @Override
    Tensor of(Tensor x) {
      return torch.silu(x);
    }
  },
  /** x Φ(x). */
  GELU {
    @Override
    Tensor of(Tensor x) {
      return torch.gelu(x);
    }
  },
  /** Φ approximated by tanh (arXiv 1606.08415, section 2). */
  GELU_TANH {
    @Override
    Tensor of(Tensor x) {
      return torch.gelu(x, "tanh");
    }
  },
  /** x σ(1.702 x) (arXiv 1606.08415, section 2). */
  GELU_SIGMOID {
    @Override
    Tensor of(Tensor x) {
      return x.mul(torch.sigmoid(x.mul(new Scalar(1.702))));
    }
  },
  /** max(x, 0). */
  RELU {
    @Override
    Tensor of(Tensor x) {
      return torch.relu(x);
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return Carry.THROUGH;
    }
  },
  /** max(x, 0)² (arXiv 2109.08668, section 3). */
  RELU_SQUARED {
    @Override
    Tensor of(Tensor x) {
      return torch.relu(x).square_();
    }
  },
  /** σ(x). */
  SIGMOID {
    @Override
    Tensor of(Tensor x) {
      return torch.sigmoid(x);
    }
  };

  abstract Tensor of(Tensor x);

  @Override
  public Carry carry(List<Value> inputs, int index) {
    return new Carry.Lost(label() + " does not commute with factors");
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    return of(inputs.get(0));
  }
}
