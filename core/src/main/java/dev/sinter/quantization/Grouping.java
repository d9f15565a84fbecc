/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * A matrix as its elements share scales: the scales' dimensions first, and the elements of each
 * last. Everything here is a view or lies in the innermost scope.
 */
record Grouping(QuantizationArgs args) {

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

  /** Something with one value for each scale, such as the scales, as it meets grouped elements. */
  static Tensor spread(Tensor perScale) {
    return perScale.unsqueeze(-1);
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
