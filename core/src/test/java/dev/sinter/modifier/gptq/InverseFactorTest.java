/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InverseFactorTest {
  /** 300 columns are more than the Gram matrix mirrors at a time. */
  @ParameterizedTest
  @CsvSource({"UNSET, 0.01, 300", "STATIC, 0.01, 300", "GROUP, 0.1, 300", "STATIC, 0.01, 1"})
  void isTheUpperFactorOfTheInverseOfTheDampedHessian(
      ActivationOrder order, double dampening, long columns) {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(columns)) {
      Tensor x_BTC = RandomTensors.correlated(1, 4, 200, columns);
      Tensor x_NC = x_BTC.view(-1, columns);
      gram.observe(x_NC, 4);

      InverseFactor factor = InverseFactor.of(gram, dampening, order);

      Tensor exact_NC = Tensors.to(x_NC, DType.F64).index_select(1, factor.order_C());
      Tensor hessian_CC = exact_NC.t().matmul(exact_NC).mul(new Scalar(2.0 / 4));
      double shift = dampening * hessian_CC.diagonal().mean().item_double();
      hessian_CC.diagonal().add_(new Scalar(shift));
      Tensor upper_CC = Tensors.to(factor.upper_CC(), DType.F64);
      assertThat(upper_CC.equal(upper_CC.triu())).isTrue();
      Tensor identity_CC = upper_CC.matmul(hessian_CC).matmul(upper_CC.t());
      Tensor error = identity_CC.sub(torch.eye(columns)).abs().max();
      assertThat(error.item_double()).isLessThan(1e-3);
      assertThat(factor.dampening()).isEqualTo(dampening);
    }
  }

  @Test
  void columnsStandByDescendingActivationAndEqualOnesInTheirOrder() {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(4)) {
      gram.observe(Tensors.of(new float[] {1, 3, 0, 3}, 1, 4), 1);

      InverseFactor factor = InverseFactor.of(gram, .01, ActivationOrder.STATIC);

      assertThat(Tensors.floats(factor.order_C())).containsExactly(1, 3, 0, 2);
      assertThat(Tensors.floats(factor.alive_C())).containsExactly(1, 1, 1, 0);
      assertThat(factor.deadColumns()).isEqualTo(1);
    }
  }

  /** Rounding may leave a small positive pivot where the exact one is zero. */
  @Test
  void pivotThatIsNothingButRoundingCountsAsNone() {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(2)) {
      // The rows of the matrix are (1 + 2^-23, 1) and (1, 1): from below, its second pivot is
      // 2^-23.
      gram.observe(Tensors.of(new float[] {1, 1}, 1, 2), 2);
      gram.observe(Tensors.of(new float[] {0x1p-12f, 0, 0x1p-12f, 0}, 2, 2), 0);

      InverseFactor factor = InverseFactor.of(gram, 0, ActivationOrder.UNSET);

      assertThat(factor.dampening()).isCloseTo(1e-3, within(1e-12));
    }
  }
}
