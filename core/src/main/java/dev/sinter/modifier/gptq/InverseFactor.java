/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What the modules that read one input share: the order of its columns, which of them are dead
 * (always zero), and the upper Cholesky factor U of the inverse of the damped Hessian, UᵀU = H⁻¹
 * (arXiv 2210.17323, section 3.3, step 3), with columns in that order.
 */
record InverseFactor(
    Tensor upper_CC, Tensor order_C, Tensor alive_C, double dampening, long deadColumns) {
  private static final double MAX_DAMPENING = 1;
  private static final double STEP = 10;

  static InverseFactor of(GramMatrix gram, double dampening, ActivationOrder order) {
    try (Scope scope = Scope.open()) {
      // H = 2 XᵀX / n, n counted in sequences.
      Tensor hessian_CC = gram.symmetric().mul_(new Scalar(2.0 / Math.max(1, gram.sequences())));
      Tensor diagonal_C = hessian_CC.diagonal();
      Tensor order_C =
          order == ActivationOrder.UNSET
              ? torch.arange(new Scalar(diagonal_C.size(0)))
              : diagonal_C.argsort(true, 0, true);
      Tensor ordered_CC = hessian_CC.index_select(0, order_C).index_select(1, order_C);
      Tensor orderedDiagonal_C = ordered_CC.diagonal();
      Tensor alive_C = orderedDiagonal_C.ne(new Scalar(0));
      orderedDiagonal_C.masked_fill_(alive_C.logical_not(), new Scalar(1));
      long dead = alive_C.size(0) - alive_C.sum().item_long();
      Damped damped = factor(ordered_CC, dampening);
      return new InverseFactor(
          scope.keep(damped.upper_CC),
          scope.keep(order_C),
          scope.keep(alive_C),
          damped.dampening,
          dead);
    }
  }

  private record Damped(Tensor upper_CC, double dampening) {}

  /**
   * Damps the diagonal by a fraction of its mean until the matrix factors. A matrix of fewer tokens
   * than columns is singular before damping, so a small fraction may fail; the one that was used is
   * reported.
   */
  private static Damped factor(Tensor hessian_CC, double dampening) {
    double mean = Tensors.floats(hessian_CC.diagonal().mean())[0];
    // The factorization would hand NaN through: it compares pivots with zero.
    if (!Double.isFinite(mean)) {
      throw new ArithmeticException(
          "The calibration data produced activations here that are NaN or infinite, or whose"
              + " squares overflow: the mean of the Hessian's diagonal is "
              + mean);
    }
    double fraction = dampening;
    while (true) {
      try (Scope scope = Scope.open()) {
        Tensor damped_CC = hessian_CC.clone();
        damped_CC.diagonal().add_(new Scalar(fraction * mean));
        T_TensorTensor_T lower = torch.linalg_cholesky_ex(damped_CC);
        if (lower.get1().item_int() == 0) {
          Tensor inverse_CC = torch.cholesky_inverse(lower.get0());
          T_TensorTensor_T upper = torch.linalg_cholesky_ex(inverse_CC, true, false);
          if (upper.get1().item_int() == 0 && isFinite(upper.get0())) {
            return new Damped(scope.keep(upper.get0().contiguous()), fraction);
          }
        }
      }
      if (fraction >= MAX_DAMPENING) {
        throw new ArithmeticException(
            "The Hessian has no Cholesky factor even when damped by "
                + fraction
                + " of its mean diagonal ("
                + mean
                + ")");
      }
      fraction = Math.min(MAX_DAMPENING, Math.max(fraction, 1e-4) * STEP);
    }
  }

  private static boolean isFinite(Tensor tensor) {
    return tensor.isfinite().all().item_bool();
  }
}
