/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rounds a weight column by column (arXiv 2210.17323, algorithm 1). The weight is kept transposed,
 * [columns, rows], so that a column is contiguous; columns stand in the factor's order until the
 * end.
 */
final class ColumnSweep {
  private final InverseFactor factor;
  private final GptqSolver settings;

  ColumnSweep(InverseFactor factor, GptqSolver settings) {
    this.factor = factor;
    this.settings = settings;
  }

  Solution solve(ModuleWeight weight) {
    try (Scope scope = Scope.open()) {
      Quantizer quantizer = new Quantizer(weight.args());
      Tensor original_RC = weight.weight_RC();
      Tensor ordered_RC = original_RC.index_select(1, factor.order_C());
      // Scales come from the weight as it was, dead columns included.
      QuantizationParameters parameters =
          quantizer.observe(settings.order() == ActivationOrder.GROUP ? ordered_RC : original_RC);
      Columns columns =
          Columns.of(parameters, groupOfOrderedColumn(weight.args(), original_RC.size(1)));

      Tensor weight_CR = Tensors.to(ordered_RC, DType.F32).t().contiguous();
      weight_CR.mul_(Tensors.to(factor.alive_C(), DType.F32).unsqueeze(1));
      Tensor codes_CR = torch.empty_like(weight_CR);
      double loss = sweep(quantizer, columns, weight_CR, codes_CR);

      Tensor inverseOrder_C = factor.order_C().argsort();
      Tensor codes_RC = quantizer.store(codes_CR.index_select(0, inverseOrder_C).t().contiguous());
      Optional<Tensor> groupOfColumn =
          settings.order() == ActivationOrder.GROUP
              ? Optional.of(scope.keep(columns.group_C.index_select(0, inverseOrder_C)))
              : Optional.empty();
      return new Solution(
          new QuantizedWeight(scope.keep(codes_RC), kept(scope, parameters), groupOfColumn),
          // Whatever an input that is always zero is multiplied by, nothing is lost.
          figures(factor.deadColumns() == original_RC.size(1) ? 0 : loss));
    }
  }

  /**
   * Parameters by column, in the factor's order and in fp32: scale_CR[i] is the scale of each row
   * in column i.
   */
  private record Columns(Tensor group_C, Tensor scale_CR, Optional<Tensor> zeroPoint_CR) {
    static Columns of(QuantizationParameters parameters, Tensor group_C) {
      return new Columns(
          group_C,
          spread(parameters.scale_RG(), group_C),
          parameters.zeroPoint_RG().map(zero -> spread(zero, group_C)));
    }

    private static Tensor spread(Tensor parameter_RG, Tensor group_C) {
      return Tensors.to(parameter_RG, DType.F32).t().contiguous().index_select(0, group_C);
    }
  }

  private Tensor groupOfOrderedColumn(QuantizationArgs args, long count) {
    Tensor position_C =
        settings.order() == ActivationOrder.GROUP
            ? torch.arange(new Scalar(count))
            : factor.order_C();
    return Tensors.to(position_C.floor_divide(new Scalar(args.groupColumns(count))), DType.I64);
  }

  private double sweep(Quantizer quantizer, Columns columns, Tensor weight_CR, Tensor codes_CR) {
    long count = weight_CR.size(0);
    double loss = 0;
    for (long start = 0; start < count; start += settings.blockSize()) {
      long end = Math.min(start + settings.blockSize(), count);
      try (Scope scope = Scope.open()) {
        Tensor error_BR = torch.empty_like(rows(weight_CR, start, end));
        for (long column = start; column < end; column++) {
          round(
              quantizer,
              columns,
              weight_CR,
              codes_CR,
              error_BR.select(0, column - start),
              column,
              end);
        }
        loss += Tensors.floats(error_BR.square().sum())[0] / 2;
        if (end < count) {
          // The rest of the weight takes the block's errors at once: W -= Uᵀ[rest, block] E.
          Tensor influence_BC = rows(factor.upper_CC(), start, end).narrow(1, end, count - end);
          rows(weight_CR, end, count)
              .addmm_(influence_BC.t(), error_BR, new Scalar(1), new Scalar(-1));
        }
      }
    }
    return loss;
  }

  /** Rounds one column and lets the columns of its block that follow make up for it. */
  private void round(
      Quantizer quantizer,
      Columns columns,
      Tensor weight_CR,
      Tensor codes_CR,
      Tensor error_R,
      long column,
      long end) {
    try (Scope scope = Scope.open()) {
      Tensor weight_R = weight_CR.select(0, column);
      Tensor scale_R = columns.scale_CR.select(0, column);
      Optional<Tensor> zero_R = columns.zeroPoint_CR.map(zero -> zero.select(0, column));
      Tensor code_R = quantizer.code(weight_R, scale_R, zero_R);
      codes_CR.select(0, column).copy_(code_R);
      Tensor influence_C = factor.upper_CC().select(0, column);
      error_R.copy_(weight_R.sub(Quantizer.value(code_R, scale_R, zero_R)));
      error_R.div_(influence_C.select(0, column));
      if (column + 1 < end) {
        Tensor following_C = influence_C.narrow(0, column + 1, end - column - 1);
        rows(weight_CR, column + 1, end).addr_(following_C, error_R, new Scalar(1), new Scalar(-1));
      }
    }
  }

  private static Tensor rows(Tensor matrix, long start, long end) {
    return matrix.slice(0, new LongOptional(start), new LongOptional(end), 1);
  }

  private static QuantizationParameters kept(Scope scope, QuantizationParameters parameters) {
    return new QuantizationParameters(
        scope.keep(parameters.scale_RG()), parameters.zeroPoint_RG().map(scope::keep));
  }

  private Map<String, Double> figures(double loss) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("loss", loss);
    figures.put("dampening", factor.dampening());
    figures.put("dead_columns", (double) factor.deadColumns());
    if (factor.dampening() > settings.dampening()) {
      figures.put(Solution.RAISED_DAMPENING, factor.dampening());
    }
    return figures;
  }
}
