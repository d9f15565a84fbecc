/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.quantization.WeightFormat.Rows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** The tensors beside the codes that formats have in common: scales and zero points. */
final class ParameterParts {
  static final String SCALE = "weight_scale";
  static final String ZERO_POINT = "weight_zero_point";
  static final String GLOBAL_SCALE = "weight_global_scale";
  static final String GROUP_INDEX = "weight_g_idx";

  private ParameterParts() {}

  /** Scale, zero point if there is one, and global scale if there is one. */
  static List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    Shape scales = new Grouping(args).scaleShape(shape.dimension(0), shape.dimension(1));
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(SCALE, scaleType(args, dtype), scales, rows(args)));
    if (!args.symmetric()) {
      parts.add(new Part(ZERO_POINT, DType.I8, scales, rows(args)));
    }
    if (args.strategy() instanceof Strategy.TensorGroup) {
      parts.add(new Part(GLOBAL_SCALE, DType.F32, Shape.of(1), Rows.WHOLE));
    }
    return parts;
  }

  /** The group of each column, where GPTQ cut groups out of order. */
  static Part groupIndex(Shape shape) {
    return new Part(GROUP_INDEX, DType.I32, Shape.of(shape.dimension(1)), Rows.WHOLE);
  }

  /** Which rows of the scales belong to which of the weight. */
  static Rows rows(QuantizationArgs args) {
    if (args.strategy() instanceof Strategy.Tensor) {
      return Rows.WHOLE;
    }
    return args.strategy() instanceof Strategy.Block block ? new Rows(1, block.rows()) : Rows.SAME;
  }

  private static DType scaleType(QuantizationArgs args, DType dtype) {
    return switch (args.scaleType()) {
      case UNSET -> dtype;
      case F8_E4M3 -> DType.F8_E4M3;
      case E8M0 -> DType.U8;
    };
  }

  /** Adds what is stored of parameters. */
  static void store(
      QuantizationParameters parameters, QuantizationArgs args, Map<String, Tensor> tensors) {
    Tensor scale = parameters.scale_RG();
    tensors.put(
        SCALE,
        args.scaleType() == ScaleType.E8M0
            ? Scales.exponents(scale)
            : Tensors.to(scale, scaleType(args, Tensors.dtype(scale))));
    parameters
        .zeroPoint_RG()
        .ifPresent(zero -> tensors.put(ZERO_POINT, Tensors.to(zero, DType.I8).contiguous()));
    parameters.globalScale().ifPresent(global -> tensors.put(GLOBAL_SCALE, global));
  }

  /** The parameters from what is stored. */
  static QuantizationParameters load(Map<String, Tensor> tensors, QuantizationArgs args) {
    Tensor stored = tensors.get(SCALE);
    Tensor scale =
        switch (args.scaleType()) {
          case UNSET -> stored;
          case F8_E4M3 -> Tensors.to(stored, DType.F32);
          case E8M0 -> Scales.powers(stored);
        };
    return new QuantizationParameters(
        scale,
        Optional.ofNullable(tensors.get(ZERO_POINT))
            .map(zero -> Tensors.to(zero, Tensors.dtype(scale))),
        Optional.ofNullable(tensors.get(GLOBAL_SCALE)));
  }
}
