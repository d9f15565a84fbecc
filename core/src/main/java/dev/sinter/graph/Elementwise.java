/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Operations that go element by element. */
public final class Elementwise {
  private Elementwise() {}

  /** The sum of two tensors. */
  public record Add() implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return inputs.get(0).add(inputs.get(1));
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return new Carry.Lost("a sum with terms that would not be scaled");
    }

    @Override
    public String label() {
      return "add";
    }
  }

  /** The product of two tensors; one of a single channel goes for all channels of the other. */
  public record Multiply() implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return inputs.get(0).mul(inputs.get(1));
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return inputs.get(index).channels() < inputs.get(1 - index).channels()
          ? Carry.STEERS
          : Carry.THROUGH;
    }

    @Override
    public String label() {
      return "multiply";
    }
  }

  /** Each head times a number of its own: [tokens, heads * channels] by [tokens, heads]. */
  public record MultiplyHeads(long heads) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      Tensor x_NC = inputs.get(0);
      Tensor x_NHD = x_NC.view(x_NC.size(0), heads, x_NC.size(1) / heads);
      return x_NHD.mul(inputs.get(1).unsqueeze(-1)).view(x_NC.shape());
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return index == 0 ? Carry.THROUGH : Carry.STEERS;
    }

    @Override
    public String label() {
      return "multiply heads";
    }
  }

  /** Cut on both sides; an infinite side is open. */
  public record Clamp(double low, double high) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return Tensors.clamp(inputs.get(0), low, high);
    }

    @Override
    public String label() {
      return "clamp";
    }
  }

  /** A multiple. */
  public record Scale(double factor, Rounding rounding) implements Op {
    /** What the factor is rounded to before. */
    public enum Rounding {
      EXACT,
      /** The type of what is scaled: in families that keep the factor in a tensor. */
      TO_TYPE
    }

    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      Tensor x = inputs.get(0);
      if (rounding == Rounding.EXACT) {
        return x.mul(new Scalar(factor));
      }
      return x.mul(Tensors.to(Tensors.of(new float[] {(float) factor}, 1), Tensors.dtype(x)));
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return Carry.THROUGH;
    }

    @Override
    public String label() {
      return "times " + factor;
    }
  }

  /** cap tanh(x / cap): values stay below a bound (arXiv 2408.00118, section 2). */
  public record SoftCap(double cap) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return inputs.get(0).div(new Scalar(cap)).tanh_().mul_(new Scalar(cap));
    }

    @Override
    public String label() {
      return "soft cap " + cap;
    }
  }
}
