/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Codes packed into 32-bit words along each row; zero points packed along each column; the shape,
 * since packing hides it.
 */
final class PackedLayout implements CompressionFormat.Layout {
  private static final String PACKED = "weight_packed";
  private static final String SCALE = "weight_scale";
  private static final String ZERO_POINT = "weight_zero_point";
  private static final String GROUP_INDEX = CompressionFormat.GROUP_INDEX;
  private static final String SHAPE = CompressionFormat.SHAPE;

  @Override
  public List<TensorSpec> specs(TensorSpec weight, QuantizationArgs args) {
    long rows = weight.shape().dimension(0);
    long columns = weight.shape().dimension(1);
    long groups = columns / args.groupColumns(columns);
    String module = weight.name().substring(0, weight.name().length() - "weight".length());
    List<TensorSpec> specs = new ArrayList<>();
    specs.add(
        new TensorSpec(
            module + PACKED, DType.I32, Shape.of(rows, BitPacking.words(columns, args.numBits()))));
    specs.add(new TensorSpec(module + SCALE, weight.dtype(), Shape.of(rows, groups)));
    if (!args.symmetric()) {
      specs.add(
          new TensorSpec(
              module + ZERO_POINT,
              DType.I32,
              Shape.of(BitPacking.words(rows, args.numBits()), groups)));
    }
    if (args.actorder() == ActivationOrder.GROUP) {
      specs.add(new TensorSpec(module + GROUP_INDEX, DType.I32, Shape.of(columns)));
    }
    specs.add(new TensorSpec(module + SHAPE, DType.I64, Shape.of(2)));
    return specs;
  }

  @Override
  public Map<String, Tensor> compress(QuantizedWeight weight, QuantizationArgs args) {
    int rows = (int) weight.codes_RC().size(0);
    int columns = (int) weight.codes_RC().size(1);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Tensor packed =
        Tensors.empty(DType.I32, Shape.of(rows, BitPacking.words(columns, args.numBits())));
    BitPacking.packRows(
        Tensors.buffer(weight.codes_RC()), rows, columns, args.numBits(), Tensors.buffer(packed));
    tensors.put(PACKED, packed);
    tensors.put(SCALE, weight.parameters().scale_RG());
    weight
        .parameters()
        .zeroPoint_RG()
        .ifPresent(zero -> tensors.put(ZERO_POINT, packZeroPoints(zero, args)));
    weight
        .groupOfColumn_C()
        .ifPresent(groups -> tensors.put(GROUP_INDEX, Tensors.to(groups, DType.I32)));
    tensors.put(SHAPE, Tensors.of(new long[] {rows, columns}, 2));
    return tensors;
  }

  private static Tensor packZeroPoints(Tensor zeroPoint_RG, QuantizationArgs args) {
    int rows = (int) zeroPoint_RG.size(0);
    int groups = (int) zeroPoint_RG.size(1);
    Tensor codes = Tensors.to(zeroPoint_RG, DType.I8).contiguous();
    Tensor packed =
        Tensors.empty(DType.I32, Shape.of(BitPacking.words(rows, args.numBits()), groups));
    BitPacking.packColumns(
        Tensors.buffer(codes), rows, groups, args.numBits(), Tensors.buffer(packed));
    return packed;
  }

  @Override
  public QuantizedWeight open(Map<String, Tensor> tensors, QuantizationArgs args) {
    try (Scope scope = Scope.open()) {
      Tensor packed = tensors.get(PACKED);
      int rows = (int) packed.size(0);
      int columns =
          (int)
              Tensors.buffer(tensors.get(SHAPE))
                  .order(java.nio.ByteOrder.nativeOrder())
                  .getLong(Long.BYTES);
      Tensor codes = Tensors.empty(DType.I8, Shape.of(rows, columns));
      BitPacking.unpackRows(
          Tensors.buffer(packed), rows, columns, args.numBits(), Tensors.buffer(codes));
      Tensor scale = tensors.get(SCALE);
      Optional<Tensor> zeroPoint =
          Optional.ofNullable(tensors.get(ZERO_POINT))
              .map(zero -> scope.keep(unpackZeroPoints(zero, scale, args)));
      return new QuantizedWeight(
          scope.keep(codes),
          new QuantizationParameters(scale, zeroPoint),
          Optional.ofNullable(tensors.get(GROUP_INDEX)));
    }
  }

  private static Tensor unpackZeroPoints(Tensor packed, Tensor scale_RG, QuantizationArgs args) {
    int rows = (int) scale_RG.size(0);
    int groups = (int) scale_RG.size(1);
    Tensor codes = Tensors.empty(DType.I8, Shape.of(rows, groups));
    BitPacking.unpackColumns(
        Tensors.buffer(packed), rows, groups, args.numBits(), Tensors.buffer(codes));
    return Tensors.to(codes, Tensors.dtype(scale_RG));
  }
}
