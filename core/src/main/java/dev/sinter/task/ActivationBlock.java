/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Sequences;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The activations of one micro-batch: its sequences, and tensors [tokens, ...] that hold them one
 * behind the other. As bytes they are the lengths, and for each tensor its type, its dimensions and
 * its content; bytes pass through any serializer unchanged.
 */
public record ActivationBlock(Sequences sequences, List<Tensor> tensors) {
  public ActivationBlock {
    tensors = List.copyOf(tensors);
  }

  public byte[] encode() {
    long size = (2L + sequences.count()) * Integer.BYTES;
    for (Tensor tensor : tensors) {
      size += name(tensor).length + 2 * Integer.BYTES + tensor.dim() * Long.BYTES + tensor.nbytes();
    }
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(sequences.count());
    sequences.lengths().forEach(out::putInt);
    out.putInt(tensors.size());
    for (Tensor tensor : tensors) {
      out.putInt(name(tensor).length).put(name(tensor));
      out.putInt((int) tensor.dim());
      for (long dimension : tensor.shape()) {
        out.putLong(dimension);
      }
      out.put(Tensors.buffer(tensor.contiguous()));
    }
    return out.array();
  }

  private static byte[] name(Tensor tensor) {
    return Tensors.dtype(tensor).name().getBytes(StandardCharsets.US_ASCII);
  }

  /** The block, whose tensors are in the innermost scope. */
  public static ActivationBlock decode(byte[] block) {
    ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> lengths = new ArrayList<>();
    int sequences = in.getInt();
    for (int i = 0; i < sequences; i++) {
      lengths.add(in.getInt());
    }
    int count = in.getInt();
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tensors.add(tensor(in));
    }
    return new ActivationBlock(new Sequences(lengths), tensors);
  }

  private static Tensor tensor(ByteBuffer in) {
    byte[] name = new byte[in.getInt()];
    in.get(name);
    DType dtype = DType.valueOf(new String(name, StandardCharsets.US_ASCII));
    long[] dimensions = new long[in.getInt()];
    for (int d = 0; d < dimensions.length; d++) {
      dimensions[d] = in.getLong();
    }
    Tensor tensor = Tensors.empty(dtype, Shape.of(dimensions));
    int bytes = (int) tensor.nbytes();
    Tensors.buffer(tensor).put(in.slice(in.position(), bytes));
    in.position(in.position() + bytes);
    return tensor;
  }
}
