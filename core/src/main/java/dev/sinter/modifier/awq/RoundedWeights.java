/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.modifier.Smoother.Linear;
import dev.sinter.quantization.Observer;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Survey;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of a pair that will be rounded. Whatever observer a scheme has, ranges are extremes
 * here, as in the reference.
 */
final class RoundedWeights {
  /** What keeps a group of zeros from being divided by zero. */
  private static final double TINY = 1e-6;

  private final List<Linear> linears;
  private final List<RowBlock> blocks;

  RoundedWeights(List<Linear> linears) {
    this.linears = List.copyOf(linears);
    this.blocks = RowBlock.of(linears);
  }

  List<RowBlock> blocks() {
    return blocks;
  }

  DType dtype() {
    return Tensors.dtype(linears.get(0).weight_RC());
  }

  /**
   * The mean of each column's |w|, relative to the largest of those that share a scale with it, in
   * fp64 (the reference's w_mean). In the innermost scope.
   */
  Tensor magnitudes_C() {
    long columns = linears.get(0).weight_RC().size(1);
    try (Scope scope = Scope.open()) {
      Tensor sum_C = Tensors.zeros(DType.F64, Shape.of(columns));
      long rows = 0;
      for (RowBlock block : blocks) {
        try (Scope inner = Scope.open()) {
          Tensor relative_RC = quantizer(block.args()).relativeMagnitudes(block.weight_RC(), TINY);
          long[] down = {0};
          sum_C.add_(relative_RC.sum(down, false, new ScalarTypeOptional(DType.F64.scalarType())));
        }
        rows += block.rows();
      }
      return scope.keep(sum_C.div_(new Scalar(rows)));
    }
  }

  /**
   * What must be known of whole weights, scaled, before blocks of their rows can be rounded; for
   * each weight. Those that clients fuse, the children of one module, share their global scale.
   */
  Map<String, Survey> surveys(Tensor factor_C) {
    Map<String, Survey> surveys = new HashMap<>();
    for (RowBlock block : blocks) {
      Quantizer quantizer = quantizer(block.args());
      if (quantizer.coupling() != Quantizer.Coupling.NONE) {
        try (Scope scope = Scope.open()) {
          Survey seen = quantizer.survey(block.weight_RC().mul(factor_C));
          surveys.merge(block.linear().module(), seen, Survey::merge);
        }
      }
    }
    Map<String, Survey> shared = new HashMap<>(surveys);
    List<Linear> wide =
        linears.stream()
            .filter(linear -> quantizer(linear.args().orElseThrow()).hasGlobalScale())
            .toList();
    for (Linear linear : wide) {
      for (Linear other : wide) {
        if (parent(linear.module()).equals(parent(other.module()))) {
          shared.merge(linear.module(), surveys.get(other.module()), Survey::mergeExtremes);
        }
      }
    }
    return shared;
  }

  private static String parent(String module) {
    return module.substring(0, Math.max(0, module.lastIndexOf('.')));
  }

  /** Q(W s) / s - W for some rows, in fp32. In the innermost scope. */
  static Tensor change(RowBlock block, Tensor factor_C, Survey survey) {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = block.weight_RC();
      Tensor scaled_RC = weight_RC.mul(factor_C);
      Quantizer quantizer = quantizer(block.args());
      Tensor rounded_RC = quantizer.round(scaled_RC, quantizer.observe(scaled_RC, survey));
      Tensor exact_RC = Tensors.to(rounded_RC, DType.F32);
      return scope.keep(
          exact_RC.div_(Tensors.to(factor_C, DType.F32)).sub_(Tensors.to(weight_RC, DType.F32)));
    }
  }

  private static Quantizer quantizer(QuantizationArgs args) {
    return new Quantizer(args.withObserver(Observer.MIN_MAX));
  }
}
