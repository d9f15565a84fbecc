/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Scalar;
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

  /** The distance from 1 to the next fp32 number. */
  private static final double EPSILON = 0x1p-23;

  static InverseFactor of(GramMatrix gram, double dampening, ActivationOrder order) {
    try (Scope scope = Scope.open()) {
      Hessian hessian = Hessian.of(gram, order);
      Damped damped = hessian.factor(dampening);
      Tensor seen_C = hessian.diagonal_C.ne(new Scalar(0)).index_select(0, hessian.order_C);
      // Of an input that was never seen, nothing is known to be zero: a diagonal Hessian rounds it
      // to nearest.
      Tensor alive_C = gram.sequences() == 0 ? torch.ones_like(seen_C) : seen_C;
      return new InverseFactor(
          scope.keep(damped.upper_CC),
          scope.keep(hessian.order_C),
          scope.keep(alive_C),
          damped.fraction,
          seen_C.size(0) - seen_C.sum().item_long());
    }
  }

  private record Damped(Tensor upper_CC, double fraction) {}

  /**
   * H = 2 XᵀX / n, n counted in sequences, of which only the diagonal is there until it is
   * factored.
   *
   * @param order_C the columns in the order of the sweep
   */
  private record Hessian(GramMatrix gram, Tensor diagonal_C, Tensor order_C) {
    static Hessian of(GramMatrix gram, ActivationOrder order) {
      Tensor diagonal_C = gram.diagonal().mul(new Scalar(scale(gram)));
      Tensor order_C =
          order == ActivationOrder.UNSET
              ? torch.arange(new Scalar(diagonal_C.size(0)))
              : diagonal_C.argsort(true, 0, true);
      return new Hessian(gram, diagonal_C, order_C);
    }

    private static double scale(GramMatrix gram) {
      return 2.0 / Math.max(1, gram.sequences());
    }

    /**
     * Damps the diagonal by a fraction of its mean until the matrix factors. A matrix of fewer
     * tokens than columns is singular before damping, so a small fraction may fail; the one that
     * was used is reported.
     */
    Damped factor(double dampening) {
      double mean = Tensors.floats(aliveDiagonal().mean())[0];
      // The factorization would hand NaN through: it compares pivots with zero.
      if (!Double.isFinite(mean)) {
        throw new ArithmeticException(
            "The calibration data produced activations here that are NaN or infinite, or whose"
                + " squares overflow: the mean of the Hessian's diagonal is "
                + mean);
      }
      double fraction = dampening;
      while (true) {
        Optional<Tensor> upper_CC = upper(fraction * mean);
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

    /** With 1 for the columns that are dead. */
    private Tensor aliveDiagonal() {
      return diagonal_C.masked_fill(diagonal_C.eq(new Scalar(0)), new Scalar(1));
    }

    /**
     * The factor of (H + shift I)⁻¹. With J the matrix that reverses an order and J H J = L Lᵀ, it
     * is U = J L⁻¹ J, since H = (J L J)(J L J)ᵀ and J L J is upper triangular.
     */
    private Optional<Tensor> upper(double shift) {
      try (Scope scope = Scope.open()) {
        Tensor reverse_C = order_C.flip(0);
        Tensor lower_CC = ordered(reverse_C);
        Tensor damped_C = aliveDiagonal().add_(new Scalar(shift)).index_select(0, reverse_C);
        lower_CC.diagonal().copy_(damped_C);
        return invertFactor(lower_CC, damped_C)
            ? Optional.of(scope.keep(lower_CC.flip(0, 1).triu_()))
            : Optional.empty();
      }
    }

    /** Rows and columns in that order; each matrix is freed when the next has been made of it. */
    private Tensor ordered(Tensor order) {
      try (Scope scope = Scope.open()) {
        return scope.keep(rows(order).index_select(1, order).mul_(new Scalar(scale(gram))));
      }
    }

    private Tensor rows(Tensor order) {
      try (Scope scope = Scope.open()) {
        return scope.keep(gram.symmetric().index_select(0, order));
      }
    }

    /**
     * Puts the inverse of its lower Cholesky factor into the lower triangle of a matrix. False if
     * there is no factor, or a pivot is no larger than what rounding leaves where the exact one is
     * zero.
     */
    private static boolean invertFactor(Tensor matrix_CC, Tensor diagonal_C) {
      int size = Math.toIntExact(matrix_CC.size(0));
      FloatPointer values = new FloatPointer(matrix_CC.data_ptr());
      // LAPACK counts by columns: its upper triangle is the lower one here.
      byte triangle = 'U';
      int layout = openblas.LAPACK_COL_MAJOR;
      if (openblas.LAPACKE_spotrf_work(layout, triangle, size, values, size) != 0) {
        return false;
      }
      Tensor noise_C = diagonal_C.mul(new Scalar(EPSILON));
      return matrix_CC.diagonal().square().gt(noise_C).all().item_bool()
          && openblas.LAPACKE_strtri_work(layout, triangle, (byte) 'N', size, values, size) == 0
          && matrix_CC.sum().isfinite().item_bool();
    }
  }
}
