/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a change D of some rows of a weight does to outputs: the sum of squares tr(D G Dᵀ), G being
 * the Gram matrix of inputs. By its upper triangular form a column meets only those before it, so
 * that half the products are never computed.
 */
final class OutputError {
  /** Narrower panels waste less beside the diagonal, and are slower for each product. */
  private static final long NARROWEST = 128;

  private static final long PANELS = 8;

  private final Tensor form_CC;
  private final long panel;

  OutputError(Tensor form_CC) {
    this.form_CC = form_CC;
    this.panel = Math.max(NARROWEST, (form_CC.size(0) + PANELS - 1) / PANELS);
  }

  double of(Tensor change_RC) {
    double sum = 0;
    long columns = form_CC.size(0);
    for (long start = 0; start < columns; start += panel) {
      long end = Math.min(columns, start + panel);
      try (Scope scope = Scope.open()) {
        Tensor panel_CP = form_CC.narrow(0, 0, end).narrow(1, start, end - start);
        Tensor products_RP = change_RC.narrow(1, 0, end).matmul(panel_CP);
        sum += total(products_RP.mul_(change_RC.narrow(1, start, end - start)));
      }
    }
    return sum;
  }

  private static double total(Tensor terms) {
    return terms.sum(new ScalarTypeOptional(DType.F64.scalarType())).item_double();
  }
}
