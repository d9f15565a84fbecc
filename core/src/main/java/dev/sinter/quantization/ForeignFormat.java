/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Formats of others that are read, and not written. */
public enum ForeignFormat implements WeightFormat {

  /** Float8 with fp32 scales by tensor, row or block (ModelOpt). */
  FP8("weight", "weight_scale"),

  /** Float8 with a scale for each block, named as if it were to be divided by (DeepSeek). */
  FP8_BLOCK_INVERSE("weight", "weight_scale_inv"),

  /** Float4 in groups of 16 whose float8 scales are relative to a factor (ModelOpt). */
  MODELOPT_NVFP4("weight", "weight_scale") {
    @Override
    public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
      return List.of(
          halves(shape),
          scales(shape, DType.F8_E4M3, args),
          new Part(FACTOR, DType.F32, Shape.of(), Rows.WHOLE));
    }

    @Override
    QuantizationParameters parameters(Map<String, Tensor> tensors) {
      Tensor scale = Tensors.to(tensors.get("weight_scale"), DType.F32);
      Tensor factor = Tensors.to(tensors.get(FACTOR), DType.F32);
      return new QuantizationParameters(scale.mul(factor), Optional.empty());
    }

    @Override
    Tensor codes(Tensor stored) {
      return Fp4.unpack(stored);
    }
  },

  /** Float8 in groups of 32 whose scales are powers of two (ModelOpt). */
  MODELOPT_MXFP8("weight", "weight_scale") {
    @Override
    public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
      return List.of(
          new Part("weight", DType.F8_E4M3, shape, Rows.SAME), scales(shape, DType.U8, args));
    }

    @Override
    QuantizationParameters parameters(Map<String, Tensor> tensors) {
      return new QuantizationParameters(
          Scales.powers(tensors.get("weight_scale")), Optional.empty());
    }
  },

  /** Float4 in groups of 32 whose scales are powers of two, experts stacked (GPT-OSS). */
  MXFP4_BLOCKS("blocks", "scales") {
    @Override
    public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
      return List.of(halves(shape), scales(shape, DType.U8, args));
    }

    @Override
    QuantizationParameters parameters(Map<String, Tensor> tensors) {
      return new QuantizationParameters(Scales.powers(tensors.get("scales")), Optional.empty());
    }

    @Override
    Tensor codes(Tensor stored) {
      return Fp4.unpack(stored);
    }
  };

  /** ModelOpt's scale of the whole tensor, by which scales of groups are to be multiplied. */
  public static final String FACTOR = "weight_scale_2";

  private final String codesSuffix;
  private final String scaleSuffix;

  ForeignFormat(String codesSuffix, String scaleSuffix) {
    this.codesSuffix = codesSuffix;
    this.scaleSuffix = scaleSuffix;
  }

  @Override
  public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    return List.of(
        new Part(codesSuffix, DType.F8_E4M3, shape, Rows.SAME), scales(shape, DType.F32, args));
  }

  Part halves(Shape shape) {
    Shape packed = Shape.of(shape.dimension(0), shape.dimension(1) / 2);
    return new Part(codesSuffix, DType.U8, packed, Rows.SAME);
  }

  Part scales(Shape shape, DType dtype, QuantizationArgs args) {
    Shape scales = new Grouping(args).scaleShape(shape.dimension(0), shape.dimension(1));
    return new Part(scaleSuffix, dtype, scales, ParameterParts.rows(args));
  }

  @Override
  public QuantizedWeight open(
      Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args) {
    return new QuantizedWeight(
        codes(tensors.get(codesSuffix)), parameters(tensors), Optional.empty());
  }

  QuantizationParameters parameters(Map<String, Tensor> tensors) {
    Tensor scale = Tensors.to(tensors.get(scaleSuffix), DType.F32);
    // A scale of the whole tensor may be stored as a number without dimensions.
    return new QuantizationParameters(
        scale.dim() == 0 ? scale.reshape(1) : scale, Optional.empty());
  }

  Tensor codes(Tensor stored) {
    return stored;
  }
}
