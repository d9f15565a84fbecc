/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary position embedding (arXiv 2104.09864, section 3.4.2) on [tokens, heads * headChannels]: of
 * each head, pairs among {@code turned} channels from {@code first} on turn by the angle position *
 * frequency; the others stay. Positions count from the start of each sequence.
 */
public record Rope(
    int headChannels,
    int first,
    int turned,
    Pairs pairs,
    Frequencies frequencies,
    Precision precision)
    implements Op {

  /** Which channels turn with each other. */
  public enum Pairs {
    /** Channel i with channel i + turned / 2. */
    HALVES,
    /** Channel 2i with channel 2i + 1. */
    NEIGHBOURS
  }

  /** Where it rounds. */
  public enum Precision {
    /** Angles' cosines and sines, and every product, to the model's type. */
    OF_MODEL,
    /** Only its output. */
    F32
  }

  public Rope {
    if (turned <= 0 || turned % 2 != 0 || first < 0 || first + turned > headChannels) {
      throw new IllegalArgumentException(
          "Channels " + first + " to " + (first + turned) + " of " + headChannels + " turn");
    }
  }

  public Rope(int headChannels, int first, int turned, Pairs pairs, Frequencies frequencies) {
    this(headChannels, first, turned, pairs, frequencies, Precision.OF_MODEL);
  }

  /** All channels of a head, in halves. */
  public static Rope whole(int headChannels, Frequencies frequencies) {
    return new Rope(headChannels, 0, headChannels, Pairs.HALVES, frequencies);
  }

  /** The same, computed in fp32. */
  public Rope inF32() {
    return new Rope(headChannels, first, turned, pairs, frequencies, Precision.F32);
  }

  @Override
  public String label() {
    return "rope";
  }

  @Override
  public Carry carry(List<Value> inputs, int index) {
    return new Carry.Lost("rotary embedding mixes channels");
  }

  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    Tensor x_NC = inputs.get(0);
    return precision == Precision.F32
        ? Tensors.to(turn(frame, Tensors.to(x_NC, DType.F32)), Tensors.dtype(x_NC))
        : turn(frame, x_NC);
  }

  private Tensor turn(Frame frame, Tensor x_NC) {
    DType dtype = Tensors.dtype(x_NC);
    Tensor angles_N1P = angles(frame.sequences()).unsqueeze(1);
    Scalar factor = new Scalar(frequencies.attentionFactor());
    Tensor cos_N1P = Tensors.to(angles_N1P.cos().mul_(factor), dtype);
    Tensor sin_N1P = Tensors.to(angles_N1P.sin().mul_(factor), dtype);
    return RowBlocks.map(
        x_NC,
        (start, count) ->
            turned(
                x_NC.narrow(0, start, count),
                cos_N1P.narrow(0, start, count),
                sin_N1P.narrow(0, start, count)));
  }

  private Tensor turned(Tensor x_NC, Tensor cos_N1P, Tensor sin_N1P) {
    Tensor y_NC = x_NC.clone();
    Tensor x_NHD = turning(x_NC);
    Tensor y_NHD = turning(y_NC);
    half(y_NHD, 0).mul_(cos_N1P).sub_(half(x_NHD, 1).mul(sin_N1P));
    half(y_NHD, 1).mul_(cos_N1P).add_(half(x_NHD, 0).mul(sin_N1P));
    return y_NC;
  }

  /** Of each token of each sequence, the angle of each pair. */
  private Tensor angles(Sequences sequences) {
    Map<Integer, Tensor> byLength = new HashMap<>();
    Tensor[] angles =
        sequences.lengths().stream()
            .map(length -> byLength.computeIfAbsent(length, this::angles))
            .toArray(Tensor[]::new);
    return angles.length == 1 ? angles[0] : torch.cat(new TensorVector(angles), 0);
  }

  private Tensor angles(int length) {
    Tensor positions_T1 =
        torch.arange(new Scalar(length), new TensorOptions(DType.F32.scalarType())).unsqueeze(1);
    return positions_T1.mul(frequencies.inverse(turned, length).unsqueeze(0));
  }

  /** The channels that turn, as a view. */
  private Tensor turning(Tensor x_NC) {
    return x_NC.view(x_NC.size(0), x_NC.size(1) / headChannels, headChannels)
        .narrow(2, first, turned);
  }

  /** The first or the second channel of each pair, as a view. */
  private Tensor half(Tensor x_NHD, int which) {
    return pairs == Pairs.HALVES
        ? x_NHD.narrow(2, (long) which * turned / 2, turned / 2)
        : x_NHD.slice(2, new LongOptional(which), new LongOptional(), 2);
  }
}
