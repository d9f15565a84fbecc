/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.quantization.ColumnCodes;
import dev.sinter.quantization.Importance;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.LongPointer;
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
  private final GramMatrix gram;
  private final GptqSolver settings;

  ColumnSweep(InverseFactor factor, GramMatrix gram, GptqSolver settings) {
    this.factor = factor;
    this.gram = gram;
    this.settings = settings;
  }

  Solution solve(ModuleWeight weight) {
    try (Scope scope = Scope.open()) {
      Quantizer quantizer = new Quantizer(weight.args());
      long rows = weight.weight_RC().size(0);
      long columns = weight.weight_RC().size(1);
      // Scales come from the weight as it was, dead columns included.
      QuantizationParameters parameters = parameters(weight);
      ColumnCodes codes = quantizer.columns(parameters, rows, columns);
      Tensor group_C = groupOfOrderedColumn(codes, columns);

      Tensor weight_CR = ordered(weight.weight_RC());
      double loss = new Rounding(codes, longs(group_C), weight_CR).run();

      Tensor inverseOrder_C = factor.order_C().argsort();
      Tensor codes_RC = quantizer.store(weight_CR).index_select(0, inverseOrder_C).t().contiguous();
      Optional<Tensor> groupOfColumn =
          settings.order() == ActivationOrder.GROUP
              ? Optional.of(scope.keep(group_C.index_select(0, inverseOrder_C)))
              : Optional.empty();
      return new Solution(
          new QuantizedWeight(scope.keep(codes_RC), kept(scope, parameters), groupOfColumn),
          // Whatever an input that is always zero is multiplied by, nothing is lost.
          figures(factor.deadColumns() == columns ? 0 : loss));
    }
  }

  private QuantizationParameters parameters(ModuleWeight weight) {
    boolean grouped = settings.order() == ActivationOrder.GROUP;
    boolean weighed = weight.args().observer().needsCalibration();
    if (!grouped && !weighed) {
      return new Quantizer(weight.args()).observe(weight.weight_RC(), weight.survey());
    }
    try (Scope scope = Scope.open()) {
      // Ranges of other groups, but the same extremes: those of all that shares a global scale.
      Tensor columns_RC =
          grouped ? weight.weight_RC().index_select(1, factor.order_C()) : weight.weight_RC();
      // The sums of squares of the input's channels are the diagonal of its Gram matrix.
      Tensor squares_C =
          grouped ? gram.diagonal().index_select(0, factor.order_C()) : gram.diagonal();
      Importance importance = weighed ? Importance.of(Tensors.floats(squares_C)) : Importance.EQUAL;
      Quantizer quantizer = new Quantizer(weight.args(), importance);
      return kept(scope, quantizer.observeWhole(columns_RC, weight.survey()));
    }
  }

  private Tensor groupOfOrderedColumn(ColumnCodes codes, long columns) {
    Tensor position_C =
        settings.order() == ActivationOrder.GROUP
            ? torch.arange(new Scalar(columns))
            : factor.order_C();
    Scalar columnsOfGroup = new Scalar(codes.columnsOfGroup());
    return Tensors.to(position_C.floor_divide(columnsOfGroup), DType.I64);
  }

  /** The weight transposed, in fp32, without what dead columns hold. */
  private Tensor ordered(Tensor weight_RC) {
    try (Scope scope = Scope.open()) {
      Tensor ordered_CR = weight_RC.t().contiguous().index_select(0, factor.order_C());
      Tensor dead_C1 = factor.alive_C().logical_not().unsqueeze(1);
      ordered_CR.masked_fill_(dead_C1, new Scalar(0));
      return scope.keep(Tensors.to(ordered_CR, DType.F32));
    }
  }

  private static long[] longs(Tensor tensor) {
    long[] values = new long[Math.toIntExact(tensor.numel())];
    new LongPointer(tensor.contiguous().data_ptr()).get(values);
    return values;
  }

  /** The sweep itself: puts the numbers of the codes where the weight was. */
  private final class Rounding {
    /** So many columns of some thousand rows stay in a core's cache while they are rounded. */
    private static final int STRIP = 32;

    private final ColumnCodes codes;
    private final long[] group_C;
    private final Tensor weight_CR;
    private final Tensor upper_CC = factor.upper_CC();
    private final Tensor error_BR;
    private final Scalar one = new Scalar(1);
    private final Scalar minusOne = new Scalar(-1);

    Rounding(ColumnCodes codes, long[] group_C, Tensor weight_CR) {
      this.codes = codes;
      this.group_C = group_C;
      this.weight_CR = weight_CR;
      long block = Math.min(settings.blockSize(), weight_CR.size(0));
      this.error_BR = Tensors.empty(DType.F32, Shape.of(block, weight_CR.size(1)));
    }

    /** The loss: half the sum of the squared errors, each over its pivot. */
    double run() {
      long count = weight_CR.size(0);
      double loss = 0;
      for (long start = 0; start < count; start += settings.blockSize()) {
        long end = Math.min(start + settings.blockSize(), count);
        for (long strip = start; strip < end; strip += STRIP) {
          long stripEnd = Math.min(strip + STRIP, end);
          for (long column = strip; column < stripEnd; column++) {
            round(start, strip, column);
          }
          spread(start, strip, stripEnd, end);
        }
        spread(start, start, end, count);
        loss += squaredErrors(end - start) / 2;
      }
      return loss;
    }

    /** Rounds one column when it has taken the errors of those before it in its strip. */
    private void round(long block, long strip, long column) {
      try (Scope scope = Scope.open()) {
        Tensor weight_R = weight_CR.select(0, column);
        if (column > strip) {
          Tensor influence_S = upper_CC.select(1, column).narrow(0, strip, column - strip);
          weight_R.addmv_(
              error_BR.narrow(0, strip - block, column - strip).t(), influence_S, one, minusOne);
        }
        ColumnCodes.Group group = codes.group(group_C[(int) column]);
        Tensor code_R = group.code(weight_R);
        Tensor pivot = upper_CC.select(0, column).select(0, column);
        Tensor error_R = error_BR.select(0, column - block);
        error_R.copy_(weight_R.sub_(group.value(code_R)).div_(pivot));
        weight_R.copy_(code_R);
      }
    }

    /**
     * Columns up to the end take the errors of those from start to behind at once: W -= Uᵀ E, where
     * E begins with the errors of the block's first column.
     */
    private void spread(long block, long start, long behind, long end) {
      if (behind == end) {
        return;
      }
      try (Scope scope = Scope.open()) {
        Tensor influence =
            upper_CC.narrow(0, start, behind - start).narrow(1, behind, end - behind);
        weight_CR
            .narrow(0, behind, end - behind)
            .addmm_(
                influence.t(), error_BR.narrow(0, start - block, behind - start), one, minusOne);
      }
    }

    private double squaredErrors(long count) {
      try (Scope scope = Scope.open()) {
        return Tensors.floats(error_BR.narrow(0, 0, count).square().sum())[0];
      }
    }
  }

  private static QuantizationParameters kept(Scope scope, QuantizationParameters parameters) {
    return new QuantizationParameters(
        scope.keep(parameters.scale_RG()),
        parameters.zeroPoint_RG().map(scope::keep),
        parameters.globalScale().map(scope::keep));
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
