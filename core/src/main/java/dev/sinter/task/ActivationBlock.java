/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

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
 * The activations of one micro-batch as bytes: for each tensor its type, its dimensions and its
 * content. Bytes pass through any serializer unchanged.
 */
public final class ActivationBlock {
  private ActivationBlock() {}

  public static byte[] encode(List<Tensor> tensors) {
    long size = Integer.BYTES;
    for (Tensor tensor : tensors) {
      size += name(tensor).length + 2 * Integer.BYTES + tensor.dim() * Long.BYTES + tensor.nbytes();
    }
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
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

  /** The tensors, in the innermost scope. */
  public static List<Tensor> decode(byte[] block) {
    ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    int count = in.getInt();
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
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
      tensors.add(tensor);
    }
    return tensors;
  }
}
