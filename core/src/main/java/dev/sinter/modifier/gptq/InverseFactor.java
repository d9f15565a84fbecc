/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
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
      Ordered ordered = ordered(gram, order);
      Tensor diagonal_C = ordered.hessian_CC.diagonal();
      Tensor seen_C = diagonal_C.ne(new Scalar(0));
      diagonal_C.masked_fill_(seen_C.logical_not(), new Scalar(1));
      long dead = seen_C.size(0) - seen_C.sum().item_long();
      // Of an input that was never seen, nothing is known to be zero: a diagonal Hessian rounds it
      // to nearest.
      Tensor alive_C = gram.sequences() == 0 ? torch.ones_like(seen_C) : seen_C;
      Damped damped = factor(ordered.hessian_CC, dampening);
      return new InverseFactor(
          scope.keep(damped.upper_CC),
          scope.keep(ordered.order_C),
          scope.keep(alive_C),
          damped.dampening,
          dead);
    }
  }

  private record Ordered(Tensor hessian_CC, Tensor order_C) {}

  /** H = 2 XᵀX / n, n counted in sequences, with rows and columns in the order of the sweep. */
  private static Ordered ordered(GramMatrix gram, ActivationOrder order) {
    try (Scope scope = Scope.open()) {
      Tensor hessian_CC = gram.symmetric().mul_(new Scalar(2.0 / Math.max(1, gram.sequences())));
      if (order == ActivationOrder.UNSET) {
        Tensor order_C = torch.arange(new Scalar(hessian_CC.size(0)));
        return new Ordered(scope.keep(hessian_CC), scope.keep(order_C));
      }
      Tensor order_C = hessian_CC.diagonal().argsort(true, 0, true);
      Tensor ordered_CC = hessian_CC.index_select(0, order_C).index_select(1, order_C);
      return new Ordered(scope.keep(ordered_CC), scope.keep(order_C));
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
      Optional<Tensor> upper_CC = upper(hessian_CC, fraction * mean);
      if (upper_CC.isPresent()) {
        return new Damped(upper_CC.get(), fraction);
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

  /** The factor of (H + shift I)⁻¹; each matrix is freed when the next has been made of it. */
  private static Optional<Tensor> upper(Tensor hessian_CC, double shift) {
    try (Scope scope = Scope.open()) {
      Optional<Tensor> inverse_CC = inverse(hessian_CC, shift);
      if (inverse_CC.isEmpty()) {
        return Optional.empty();
      }
      T_TensorTensor_T factored = torch.linalg_cholesky_ex(inverse_CC.get(), true, false);
      boolean exists = factored.get1().item_int() == 0 && isFinite(factored.get0());
      return exists ? Optional.of(scope.keep(factored.get0().contiguous())) : Optional.empty();
    }
  }

  private static Optional<Tensor> inverse(Tensor hessian_CC, double shift) {
    try (Scope scope = Scope.open()) {
      Tensor damped_CC = hessian_CC.clone();
      damped_CC.diagonal().add_(new Scalar(shift));
      T_TensorTensor_T lower = torch.linalg_cholesky_ex(damped_CC);
      return lower.get1().item_int() == 0
          ? Optional.of(scope.keep(torch.cholesky_inverse(lower.get0())))
          : Optional.empty();
    }
  }

  private static boolean isFinite(Tensor tensor) {
    return tensor.isfinite().all().item_bool();
  }
}
