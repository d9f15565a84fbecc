/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * An operation. Hidden states are [tokens, channels], the sequences of a micro-batch one behind the
 * other; only what depends on positions looks at where they end. The arithmetic, down to where it
 * changes type, is that of Transformers' eager modules.
 */
public interface Op extends Serializable {

  /** Computes the output, in the innermost scope. */
  Tensor apply(Frame frame, List<Tensor> inputs);

  /** The channels of the output. */
  default long channels(List<Value> inputs) {
    return inputs.get(0).channels();
  }

  /** The names of the parameters that it reads. */
  default List<String> parameters() {
    return List.of();
  }

  /** Those among them that are read as they are stored, whatever type the model runs in. */
  default List<String> exactParameters() {
    return List.of();
  }

  /** What becomes of the output when the channels of an input are multiplied by factors. */
  default Carry carry(List<Value> inputs, int index) {
    return new Carry.Lost(getClass().getSimpleName() + " does not commute with factors");
  }

  /** What it does, for people. */
  default String label() {
    return getClass().getSimpleName();
  }

  /**
   * The multiplications and additions of its matrix products; what goes element by element is not
   * counted.
   */
  default double flops(List<Value> inputs, Load load) {
    return 0;
  }

  /**
   * Whether it writes its output into its first input, which must then be nobody else's any more.
   */
  default boolean consumesFirst() {
    return false;
  }

  /** Token ids to rows of a table. */
  record Embedding(String module, long width) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return torch.embedding(frame.parameter(module + ".weight"), inputs.get(0));
    }

    @Override
    public long channels(List<Value> inputs) {
      return width;
    }

    @Override
    public List<String> parameters() {
      return List.of(module + ".weight");
    }
  }

  /** x Wᵀ, plus a bias where the module has one. */
  record Linear(String module, long outputs, Bias bias) implements Op {
    /** Whether the module has a bias. */
    public enum Bias {
      PRESENT,
      ABSENT
    }

    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      Tensor x_NC = frame.hooks().input(module, inputs.get(0));
      TensorOptional biasTensor =
          bias == Bias.PRESENT
              ? new TensorOptional(frame.parameter(module + ".bias"))
              : new TensorOptional();
      Tensor y_NR = torch.linear(x_NC, frame.parameter(weight()), biasTensor);
      return frame.hooks().output(module, y_NR);
    }

    @Override
    public long channels(List<Value> inputs) {
      return outputs;
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return new Carry.Absorbed(module);
    }

    @Override
    public double flops(List<Value> inputs, Load load) {
      return 2.0 * outputs * inputs.get(0).channels() * load.tokens();
    }

    /** The name of its weight. */
    public String weight() {
      return module + ".weight";
    }

    @Override
    public List<String> parameters() {
      return bias == Bias.PRESENT ? List.of(weight(), module + ".bias") : List.of(weight());
    }
  }
}
