/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a change D of some rows of a weight does to outputs: the sum of squares tr(D G Dᵀ), G being
 * the Gram matrix of inputs. By its upper triangular form a column meets only those before it, so
 * that half the products are never computed. For weights in bf16 these are bf16 too: what rounds
 * the terms evens out in a sum of so many.
 */
final class OutputError {
  /** Narrower panels waste less beside the diagonal, and are slower for each product. */
  private static final long NARROWEST = 128;

  private static final long PANELS = 8;

  private final Tensor form_CC;
  private final long panel;

  /** For weights of a type; in the innermost scope. fp16 has no room for sums of squares. */
  OutputError(Tensor form_CC, DType weights) {
    this.form_CC = Tensors.to(form_CC, weights == DType.BF16 ? DType.BF16 : DType.F32);
    this.panel = Math.max(NARROWEST, (form_CC.size(0) + PANELS - 1) / PANELS);
  }

  double of(Tensor change_RC) {
    double sum = 0;
    long columns = form_CC.size(0);
    Tensor typed_RC = Tensors.to(change_RC, Tensors.dtype(form_CC));
    for (long start = 0; start < columns; start += panel) {
      long end = Math.min(columns, start + panel);
      try (Scope scope = Scope.open()) {
        Tensor panel_CP = form_CC.narrow(0, 0, end).narrow(1, start, end - start);
        Tensor products_RP = typed_RC.narrow(1, 0, end).matmul(panel_CP);
        sum +=
            total(Tensors.to(products_RP, DType.F32).mul(change_RC.narrow(1, start, end - start)));
      }
    }
    return sum;
  }

  private static double total(Tensor terms) {
    return terms.sum(new ScalarTypeOptional(DType.F64.scalarType())).item_double();
  }
}
