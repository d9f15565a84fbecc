/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A matrix as its elements share scales: the scales' dimensions first, and the elements of each
 * last. Everything here is a view or lies in the innermost scope.
 */
record Grouping(QuantizationArgs args) {
  private static final int SMALL = 64;
  private static final int CHUNK = 4096;

  /** The shape of the scales of a matrix. */
  Shape scaleShape(long rows, long columns) {
    if (args.strategy() instanceof Strategy.Tensor) {
      return Shape.of(1);
    }
    if (args.strategy() instanceof Strategy.Block block) {
      return Shape.of(count(rows, block.rows()), count(columns, block.columns()));
    }
    return Shape.of(rows, columns / args.groupColumns(columns));
  }

  /** The elements by what shares a scale; blocks at the edges are filled up with zeros. */
  Tensor group(Tensor matrix_RC) {
    long rows = matrix_RC.size(0);
    long columns = matrix_RC.size(1);
    if (args.strategy() instanceof Strategy.Tensor) {
      return matrix_RC.reshape(1, rows * columns);
    }
    if (args.strategy() instanceof Strategy.Block block) {
      long down = count(rows, block.rows());
      long across = count(columns, block.columns());
      return padded(matrix_RC, down * block.rows(), across * block.columns())
          .reshape(down, block.rows(), across, block.columns())
          .transpose(1, 2)
          .reshape(down, across, (long) block.rows() * block.columns());
    }
    long groupColumns = args.groupColumns(columns);
    return matrix_RC.reshape(rows, columns / groupColumns, groupColumns);
  }

  /** The matrix of that many rows and columns from its groups. */
  Tensor ungroup(Tensor grouped, long rows, long columns) {
    if (args.strategy() instanceof Strategy.Block block) {
      long down = count(rows, block.rows());
      long across = count(columns, block.columns());
      return grouped
          .reshape(down, across, block.rows(), block.columns())
          .transpose(1, 2)
          .reshape(down * block.rows(), across * block.columns())
          .narrow(0, 0, rows)
          .narrow(1, 0, columns)
          .contiguous();
    }
    return grouped.reshape(rows, columns).contiguous();
  }

  /** How many columns next to each other share what {@link #byColumn} gives for them. */
  long columnsOfScale(long columns) {
    return args.strategy() instanceof Strategy.Block block
        ? block.columns()
        : args.groupColumns(columns);
  }

  /**
   * Scales by the columns that share them: [columns in groups, rows], or one row for all where
   * there is one scale. In fp32.
   */
  Tensor byColumn(Tensor perScale, long rows) {
    Tensor wide = Tensors.to(perScale, DType.F32);
    if (args.strategy() instanceof Strategy.Tensor) {
      return wide.view(1, 1);
    }
    if (args.strategy() instanceof Strategy.Block block) {
      Tensor blockOfRow_R =
          Tensors.to(
              torch.arange(new Scalar(rows)).floor_divide(new Scalar(block.rows())), DType.I64);
      return wide.t().index_select(1, blockOfRow_R);
    }
    return wide.t().contiguous();
  }

  /** Something with one value for each scale, such as the scales, as it meets grouped elements. */
  static Tensor spread(Tensor perScale) {
    return perScale.unsqueeze(-1);
  }

  /**
   * The same in full, where groups are so small that PyTorch would lose its time at their ends;
   * else as {@link #spread} gives it. Lies in the innermost scope.
   */
  static Tensor spread(Tensor perScale, Tensor grouped) {
    int size = (int) Math.min(Integer.MAX_VALUE, grouped.size(grouped.dim() - 1));
    if (size > SMALL || Tensors.dtype(perScale) != DType.F32) {
      return spread(perScale);
    }
    Tensor full = Tensors.empty(DType.F32, Tensors.shape(grouped));
    FloatBuffer from =
        Tensors.buffer(perScale.contiguous()).order(ByteOrder.nativeOrder()).asFloatBuffer();
    FloatBuffer to = Tensors.buffer(full).order(ByteOrder.nativeOrder()).asFloatBuffer();
    float[] groups = new float[CHUNK / size * size];
    while (from.hasRemaining()) {
      int count = Math.min(groups.length / size, from.remaining());
      for (int i = 0; i < count; i++) {
        Arrays.fill(groups, i * size, (i + 1) * size, from.get());
      }
      to.put(groups, 0, count * size);
    }
    return full;
  }

  private static Tensor padded(Tensor matrix_RC, long rows, long columns) {
    if (matrix_RC.size(0) == rows && matrix_RC.size(1) == columns) {
      return matrix_RC;
    }
    Tensor padded = Tensors.zeros(Tensors.dtype(matrix_RC), Shape.of(rows, columns));
    padded.narrow(0, 0, matrix_RC.size(0)).narrow(1, 0, matrix_RC.size(1)).copy_(matrix_RC);
    return padded;
  }

  static long count(long size, long step) {
    return (size + step - 1) / step;
  }
}
