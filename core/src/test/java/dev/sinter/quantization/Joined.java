/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Blocks of rows put together again. */
final class Joined {
  private Joined() {}

  /** In the innermost scope. */
  static Tensor rows(Tensor... blocks) {
    return rows(List.of(blocks));
  }

  static Tensor rows(List<Tensor> blocks) {
    TensorVector vector = new TensorVector();
    DType dtype = Tensors.dtype(blocks.get(0));
    // Float8 tensors are put together as bytes.
    boolean float8 = dtype == DType.F8_E4M3;
    blocks.forEach(block -> vector.push_back(float8 ? block.view(DType.U8.scalarType()) : block));
    Tensor joined = torch.cat(vector, 0);
    return float8 ? joined.view(dtype.scalarType()) : joined;
  }
}
