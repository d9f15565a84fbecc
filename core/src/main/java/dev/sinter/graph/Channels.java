/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Operations that pick and join channels. */
public final class Channels {
  private Channels() {}

  /** Channels that follow one another. */
  public record Slice(long first, long count) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      return inputs.get(0).narrow(1, first, count).contiguous();
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return new Carry.Picked(new ChannelPick(inputs.get(0).channels(), first, count));
    }

    @Override
    public String label() {
      return "channels " + first + " to " + (first + count);
    }

    @Override
    public long channels(List<Value> inputs) {
      return count;
    }
  }

  /** Of each head of so many channels, some that follow one another. */
  public record HeadSlice(long headChannels, long first, long count) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      Tensor x_NC = inputs.get(0);
      return x_NC.view(x_NC.size(0), x_NC.size(1) / headChannels, headChannels)
          .narrow(2, first, count)
          .reshape(x_NC.size(0), x_NC.size(1) / headChannels * count);
    }

    @Override
    public Carry carry(List<Value> inputs, int index) {
      return new Carry.Picked(new ChannelPick(headChannels, first, count));
    }

    @Override
    public String label() {
      return "of each head, channels " + first + " to " + (first + count);
    }

    @Override
    public long channels(List<Value> inputs) {
      return inputs.get(0).channels() / headChannels * count;
    }
  }

  /** Behind the channels of each head, those of a second input that all heads share. */
  public record AppendToHeads(long heads) implements Op {
    @Override
    public Tensor apply(Frame frame, List<Tensor> inputs) {
      Tensor own_NC = inputs.get(0);
      Tensor shared_ND = inputs.get(1);
      long tokens = own_NC.size(0);
      long own = own_NC.size(1) / heads;
      long shared = shared_ND.size(1);
      Tensor shared_NHD = shared_ND.unsqueeze(1).expand(tokens, heads, shared);
      return torch
          .cat(new TensorVector(own_NC.view(tokens, heads, own), shared_NHD), 2)
          .view(tokens, heads * (own + shared));
    }

    @Override
    public String label() {
      return "append to heads";
    }

    @Override
    public long channels(List<Value> inputs) {
      return inputs.get(0).channels() + heads * inputs.get(1).channels();
    }
  }
}
