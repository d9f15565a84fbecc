/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** How a weight in codes lies in tensors. */
public interface WeightFormat extends Serializable {

  /** The name behind the module's of a weight that is not packed, dense or in codes. */
  String WEIGHT = "weight";

  /** The tensors that there are for a weight of that shape and type, the codes first. */
  List<Part> parts(Shape shape, DType dtype, QuantizationArgs args);

  /**
   * The weight, or a block of its rows, in codes. Lies in the innermost scope.
   *
   * @param tensors by suffix; of a block the rows that belong to it
   * @param rows the rows of the block
   * @param columns the columns of the weight
   */
  QuantizedWeight open(Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args);

  /**
   * One tensor of a module.
   *
   * @param suffix its name behind the module's, such as weight_scale
   * @param rows which of its rows belong to which of the weight's
   */
  record Part(String suffix, DType dtype, Shape shape, Rows rows) {}

  /**
   * So many rows of a tensor ({@code of}) stand for so many of the weight ({@code per}); a tensor
   * with no such relation belongs to the whole weight.
   */
  record Rows(int of, int per) {
    /** The tensor describes the weight as a whole. */
    public static final Rows WHOLE = new Rows(0, 1);

    static final Rows SAME = new Rows(1, 1);

    public boolean isWhole() {
      return of == 0;
    }

    /** The tensor's row at which some row of the weight begins, or its end, rounded up. */
    public long at(long row) {
      return (row * of + per - 1) / per;
    }
  }
}
