/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The arithmetic between weights and codes, in the weight's own type, as compressed-tensors does
 * it.
 */
public final class Quantizer {

  /** How the rows of a weight depend on each other when it is rounded to the nearest code. */
  public enum Coupling {
    /** Blocks of rows may be rounded apart. */
    NONE,
    /** Blocks of rows may be rounded apart once the whole weight has been surveyed. */
    SURVEY,
    /** A weight must be there whole. */
    WHOLE
  }

  private final QuantizationArgs args;
  private final Grouping grouping;
  private final Codes codes;
  private final RangeFinder finder;

  public Quantizer(QuantizationArgs args) {
    this(args, Importance.EQUAL);
  }

  /** One whose observer, if it searches, weighs errors by their columns. */
  public Quantizer(QuantizationArgs args, Importance importance) {
    this.finder = RangeFinder.of(args, importance);
    this.args = args;
    this.grouping = new Grouping(args);
    this.codes = new Codes(args);
  }

  public Coupling coupling() {
    boolean wide =
        args.strategy() instanceof Strategy.Tensor
            || args.strategy() instanceof Strategy.TensorGroup;
    boolean searched = WeightObservers.isSearch(args.observer());
    boolean stopsTogether = finder.couplesRows();
    if ((args.strategy() instanceof Strategy.Tensor && searched) || (wide && stopsTogether)) {
      return Coupling.WHOLE;
    }
    return wide || stopsTogether ? Coupling.SURVEY : Coupling.NONE;
  }

  /** Whether weights that clients fuse into one must share a global scale. */
  public boolean hasGlobalScale() {
    return args.strategy() instanceof Strategy.TensorGroup;
  }

  /** What is to be known of a weight, from all of it or from a block of its rows. */
  public Survey survey(Tensor weight_RC) {
    try (Scope scope = Scope.open()) {
      return finder.survey(grouping.group(weight_RC));
    }
  }

  /** Scales and zero points of a weight whose rows are not coupled. */
  public QuantizationParameters observe(Tensor weight_RC) {
    return observe(weight_RC, coupling() == Coupling.NONE ? Survey.EMPTY : survey(weight_RC));
  }

  /**
   * Scales and zero points from the ranges that the observer finds. Lies in the innermost scope.
   *
   * @param whole what is known of the whole weight, if rows are coupled
   */
  public QuantizationParameters observe(Tensor weight_RC, Survey whole) {
    try (Scope scope = Scope.open()) {
      DType dtype = Tensors.dtype(weight_RC);
      boolean alreadyKnown =
          args.strategy() instanceof Strategy.Tensor && coupling() == Coupling.SURVEY;
      Range range =
          alreadyKnown
              ? new Range.Ends(
                  Scales.constant(whole.extremes().min(), dtype),
                  Scales.constant(whole.extremes().max(), dtype))
              : finder.find(grouping.group(weight_RC), whole);
      Optional<Tensor> global =
          hasGlobalScale()
              ? Optional.of(Scales.global(args, whole.extremes(), dtype))
              : Optional.empty();
      return keep(scope, Scales.of(args, range, global));
    }
  }

  /**
   * The same of a weight that is there whole, and so needs nothing told of it but the extremes of
   * those that share its global scale.
   */
  public QuantizationParameters observeWhole(Tensor weight_RC, Survey sharing) {
    return observe(weight_RC, survey(weight_RC).mergeExtremes(sharing));
  }

  private static QuantizationParameters keep(Scope scope, QuantizationParameters parameters) {
    return new QuantizationParameters(
        scope.keep(parameters.scale_RG()),
        parameters.zeroPoint_RG().map(scope::keep),
        parameters.globalScale().map(scope::keep));
  }

  /** The stored codes of a weight. Lies in the innermost scope. */
  public Tensor encode(Tensor weight_RC, QuantizationParameters parameters) {
    try (Scope scope = Scope.open()) {
      Tensor grouped = grouping.group(weight_RC);
      Tensor stored =
          codes.encode(
              grouped,
              Grouping.spread(parameters.effectiveScale(), grouped),
              parameters.zeroPoint_RG().map(Grouping::spread));
      return scope.keep(grouping.ungroup(stored, weight_RC.size(0), weight_RC.size(1)));
    }
  }

  /**
   * What a weight is read as once it is in codes: in the type of its effective scale. Lies in the
   * innermost scope.
   */
  public Tensor round(Tensor weight_RC, QuantizationParameters parameters) {
    try (Scope scope = Scope.open()) {
      Tensor grouped = grouping.group(weight_RC);
      Tensor scale = Grouping.spread(parameters.effectiveScale(), grouped);
      Optional<Tensor> zero = parameters.zeroPoint_RG().map(Grouping::spread);
      Tensor rounded = Codes.value(codes.round(grouped, scale, zero), scale, zero);
      return scope.keep(grouping.ungroup(rounded, weight_RC.size(0), weight_RC.size(1)));
    }
  }

  /**
   * |w| by the largest of those that share its scale, and a little more, so that nothing is divided
   * by zero. Lies in the innermost scope.
   */
  public Tensor relativeMagnitudes(Tensor weight_RC, double more) {
    try (Scope scope = Scope.open()) {
      Tensor grouped = grouping.group(weight_RC);
      Tensor largest = Magnitudes.of(grouped).add_(new Scalar(more));
      Tensor relative = grouped.abs().div_(Grouping.spread(largest, grouped));
      return scope.keep(grouping.ungroup(relative, weight_RC.size(0), weight_RC.size(1)));
    }
  }

  /** What stored codes stand for, in the type of their effective scale. In the innermost scope. */
  public Tensor decode(QuantizedWeight weight) {
    try (Scope scope = Scope.open()) {
      Tensor scale_RG = weight.parameters().effectiveScale();
      DType dtype = Tensors.dtype(scale_RG);
      Tensor numbers_RC = codes.load(weight.codes_RC(), dtype);
      Optional<Tensor> zero_RG = weight.parameters().zeroPoint_RG();
      if (weight.groupOfColumn_C().isPresent()) {
        Tensor index_C = Tensors.to(weight.groupOfColumn_C().get(), DType.I64);
        return scope.keep(
            Codes.value(
                numbers_RC,
                scale_RG.index_select(1, index_C),
                zero_RG.map(zero -> zero.index_select(1, index_C))));
      }
      Tensor decoded =
          Codes.value(
              grouping.group(numbers_RC), Grouping.spread(scale_RG), zero_RG.map(Grouping::spread));
      return scope.keep(grouping.ungroup(decoded, numbers_RC.size(0), numbers_RC.size(1)));
    }
  }

  /** Parameters as single columns of a weight of that shape meet them. In the innermost scope. */
  public ColumnCodes columns(QuantizationParameters parameters, long rows, long columns) {
    try (Scope scope = Scope.open()) {
      Tensor scale_RG = parameters.effectiveScale();
      return new ColumnCodes(
          codes,
          scope.keep(grouping.byColumn(scale_RG, rows)),
          parameters.zeroPoint_RG().map(zero -> scope.keep(grouping.byColumn(zero, rows))),
          grouping.columnsOfScale(columns),
          Tensors.dtype(scale_RG));
    }
  }

  /** The stored form of codes that are numbers. Lies in the innermost scope. */
  public Tensor store(Tensor numbers) {
    return codes.store(numbers);
  }
}
