/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Small words over PyTorch's operations that the rest of the code reads better with. */
public final class Tensors {
  /** A ByteBuffer spans at most this much; larger tensors are moved in pieces of it. */
  private static final long PIECE = 1L << 30;

  private Tensors() {}

  /** What {@link #pieces} calls for each piece of a tensor's memory. */
  @FunctionalInterface
  public interface PieceConsumer<E extends Exception> {
    void accept(long offset, ByteBuffer piece) throws E;
  }

  /** An uninitialised tensor in host memory. */
  public static Tensor empty(DType dtype, Shape shape) {
    return torch.empty(shape.toArray(), options(dtype), null);
  }

  public static Tensor zeros(DType dtype, Shape shape) {
    return torch.zeros(shape.toArray(), options(dtype));
  }

  public static Tensor of(float[] values, long... shape) {
    Tensor tensor = empty(DType.F32, Shape.of(shape));
    buffer(tensor).order(ByteOrder.nativeOrder()).asFloatBuffer().put(values);
    return tensor;
  }

  public static Tensor of(long[] values, long... shape) {
    Tensor tensor = empty(DType.I64, Shape.of(shape));
    buffer(tensor).order(ByteOrder.nativeOrder()).asLongBuffer().put(values);
    return tensor;
  }

  private static TensorOptions options(DType dtype) {
    return new TensorOptions(dtype.scalarType());
  }

  public static DType dtype(Tensor tensor) {
    return DType.of(tensor.scalar_type());
  }

  public static Shape shape(Tensor tensor) {
    return Shape.of(tensor.shape());
  }

  /** The tensor in that type; itself if it has it already. */
  public static Tensor to(Tensor tensor, DType dtype) {
    return tensor.to(dtype.scalarType());
  }

  public static Tensor clamp(Tensor tensor, double low, double high) {
    return tensor.clamp(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high)));
  }

  /** Clamps in place. */
  public static Tensor clamp_(Tensor tensor, double low, double high) {
    return tensor.clamp_(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high)));
  }

  /** The type of those of two tensors that has more bits. */
  public static DType wider(Tensor a, Tensor b) {
    DType typeA = dtype(a);
    DType typeB = dtype(b);
    return typeB.bits() > typeA.bits() ? typeB : typeA;
  }

  /** The memory of a contiguous host tensor of less than 2 GiB. */
  public static ByteBuffer buffer(Tensor tensor) {
    return buffer(tensor, 0, Math.toIntExact(tensor.nbytes()));
  }

  private static ByteBuffer buffer(Tensor tensor, long offset, int length) {
    if (!tensor.is_contiguous()) {
      throw new IllegalArgumentException("The tensor is not contiguous");
    }
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    BytePointer bytes = new BytePointer(tensor.data_ptr());
    bytes.position(offset).limit(offset + length);
    return bytes.asByteBuffer();
  }

  /**
   * Visits the memory of a contiguous host tensor, in order, in pieces that a ByteBuffer can span.
   */
  public static <E extends Exception> void pieces(Tensor tensor, PieceConsumer<E> consumer)
      throws E {
    long size = tensor.nbytes();
    for (long offset = 0; offset < size; offset += PIECE) {
      consumer.accept(offset, buffer(tensor, offset, (int) Math.min(PIECE, size - offset)));
    }
  }

  /** The elements of a tensor as floats, in C order. */
  public static float[] floats(Tensor tensor) {
    try (Scope scope = Scope.open()) {
      Tensor host = to(tensor, DType.F32).contiguous();
      float[] values = new float[Math.toIntExact(host.numel())];
      if (values.length > 0) {
        new FloatPointer(host.data_ptr()).get(values);
      }
      return values;
    }
  }
}
