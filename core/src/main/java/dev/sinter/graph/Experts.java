/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * What carries tokens to experts and their outputs back. Each expert's matrices are ordinary nodes
 * between these; the outputs are added up in the order of the experts.
 */
public final class Experts {
  private Experts() {}

  /** The router's logits, x Wᵀ: no linear module to a method. */
  public record Router(String module, long experts, Bias bias, Precision precision) implements Op {
    /** What is multiplied in. */
    public enum Precision {
      OF_MODEL,
      F32
    }

    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      TensorOptional biasTensor =
          bias == Bias.PRESENT ? new TensorOptional(in(frame, ".bias")) : new TensorOptional();
      Tensor x_NC = inputs.get(0);
      return torch.linear(
          precision == Precision.F32 ? Tensors.to(x_NC, DType.F32) : x_NC,
          in(frame, ".weight"),
          biasTensor);
    }

    private Tensor in(Frame frame, String parameter) {
      Tensor tensor = frame.parameter(module + parameter);
      return precision == Precision.F32 ? Tensors.to(tensor, DType.F32) : tensor;
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return new Carry.Absorbed(module);
    }

    @Override
    public double flops(List<Value> inputs, Load load) {
      return 2.0 * experts * inputs.get(0).channels() * load.tokens();
    }

    @Override
    public long channels(List<Value> inputs) {
      return experts;
    }

    @Override
    public List<String> parameters() {
      return bias == Bias.PRESENT
          ? List.of(module + ".weight", module + ".bias")
          : List.of(module + ".weight");
    }
  }

  /** The tokens that are routed to an expert, from all tokens and the routing weights. */
  public record Select(int expert) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return torch.index_select(inputs.get(0), 0, tokens(inputs.get(1), expert));
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return index == 0 ? Carry.THROUGH : Carry.STEERS;
    }

    @Override
    public String label() {
      return "tokens of the expert";
    }
  }

  /** The sum of no experts' outputs; in fp32, so that many rounded ones add up well. */
  public record Nothing() implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return Tensors.zeros(DType.F32, Tensors.shape(inputs.get(0)));
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return Carry.UNREAD;
    }

    @Override
    public String label() {
      return "nothing";
    }
  }

  /** Adds an expert's weighted output to the sum of those before it. */
  public record AddRouted(int expert, ExpertCoverage coverage) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      Tensor sum_NC = inputs.get(0);
      Tensor routing_NE = inputs.get(2);
      Tensor tokens_M = tokens(routing_NE, expert);
      Tensor output_MC =
          coverage == ExpertCoverage.ALL
              ? torch.index_select(inputs.get(1), 0, tokens_M)
              : inputs.get(1);
      Tensor weights_M1 =
          torch.index_select(routing_NE.select(1, expert), 0, tokens_M).unsqueeze(1);
      return sum_NC.index_add_(0, tokens_M, Tensors.to(output_MC.mul(weights_M1), DType.F32));
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return index == 2
          ? Carry.STEERS
          : new Carry.Lost("a sum with terms that would not be scaled");
    }

    @Override
    public String label() {
      return "add the expert's output";
    }

    @Override
    public boolean consumesFirst() {
      return true;
    }
  }

  /** The sum in the type of the model, which is that of a second input. */
  public record Rounded() implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return Tensors.to(inputs.get(0), Tensors.dtype(inputs.get(1)));
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return index == 0 ? Carry.THROUGH : Carry.UNREAD;
    }

    @Override
    public String label() {
      return "to the model's type";
    }
  }

  /** Those whose weight is not below zero; one that is no number stays, and shows in the output. */
  private static Tensor tokens(Tensor routing_NE, int expert) {
    return routing_NE.select(1, expert).lt(new Scalar(0)).logical_not_().nonzero().squeeze(1);
  }
}
