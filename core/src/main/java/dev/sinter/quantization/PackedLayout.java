/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Codes packed into 32-bit words along each row; zero points of rows packed along each column; the
 * shape, since packing hides it.
 */
final class PackedLayout implements CompressionFormat.Layout {
  private static final String PACKED = "weight_packed";
  private static final String SHAPE = "weight_shape";

  @Override
  public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    long rows = shape.dimension(0);
    long columns = shape.dimension(1);
    List<Part> parts = new ArrayList<>();
    Shape packed = Shape.of(rows, BitPacking.words(columns, args.numBits()));
    parts.add(new Part(PACKED, DType.I32, packed, Rows.SAME));
    for (Part part : ParameterParts.parts(shape, dtype, args)) {
      boolean packedZeros = part.suffix().equals(ParameterParts.ZERO_POINT) && packsZeros(args);
      parts.add(packedZeros ? packedZeros(part, args) : part);
    }
    if (args.actorder() == ActivationOrder.GROUP) {
      parts.add(ParameterParts.groupIndex(shape));
    }
    parts.add(new Part(SHAPE, DType.I64, Shape.of(2), Rows.WHOLE));
    return parts;
  }

  /** Zero points of a whole tensor, or of blocks, lie as they are. */
  private static boolean packsZeros(QuantizationArgs args) {
    return args.strategy() instanceof Strategy.Group || args.strategy() instanceof Strategy.Channel;
  }

  private static Part packedZeros(Part zeros, QuantizationArgs args) {
    long words = BitPacking.words(zeros.shape().dimension(0), args.numBits());
    return new Part(
        zeros.suffix(),
        DType.I32,
        Shape.of(words, zeros.shape().dimension(1)),
        new Rows(args.numBits(), Integer.SIZE));
  }

  @Override
  public Map<String, Tensor> compress(QuantizedWeight weight, Shape whole, QuantizationArgs args) {
    int rows = (int) weight.codes_RC().size(0);
    int columns = (int) weight.codes_RC().size(1);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Tensor packed =
        Tensors.empty(DType.I32, Shape.of(rows, BitPacking.words(columns, args.numBits())));
    BitPacking.packRows(
        Tensors.buffer(weight.codes_RC()), rows, columns, args.numBits(), Tensors.buffer(packed));
    tensors.put(PACKED, packed);
    ParameterParts.store(weight.parameters(), args, tensors);
    if (packsZeros(args)) {
      tensors.computeIfPresent(
          ParameterParts.ZERO_POINT, (suffix, zeros) -> packZeroPoints(zeros, args));
    }
    weight
        .groupOfColumn_C()
        .ifPresent(
            groups -> tensors.put(ParameterParts.GROUP_INDEX, Tensors.to(groups, DType.I32)));
    tensors.put(SHAPE, Tensors.of(whole.toArray(), 2));
    return tensors;
  }

  private static Tensor packZeroPoints(Tensor zeroPoint_RG, QuantizationArgs args) {
    int rows = (int) zeroPoint_RG.size(0);
    int groups = (int) zeroPoint_RG.size(1);
    Tensor packed =
        Tensors.empty(DType.I32, Shape.of(BitPacking.words(rows, args.numBits()), groups));
    BitPacking.packColumns(
        Tensors.buffer(zeroPoint_RG), rows, groups, args.numBits(), Tensors.buffer(packed));
    return packed;
  }

  @Override
  public QuantizedWeight open(
      Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args) {
    Tensor codes = Tensors.empty(DType.I8, Shape.of(rows, columns));
    BitPacking.unpackRows(
        Tensors.buffer(tensors.get(PACKED)),
        (int) rows,
        (int) columns,
        args.numBits(),
        Tensors.buffer(codes));
    Map<String, Tensor> plain = new LinkedHashMap<>(tensors);
    if (packsZeros(args)) {
      long groups = new Grouping(args).scaleShape(rows, columns).dimension(1);
      plain.computeIfPresent(
          ParameterParts.ZERO_POINT,
          (suffix, zeros) -> unpackZeroPoints(zeros, rows, groups, args));
    }
    return new QuantizedWeight(
        codes,
        ParameterParts.load(plain, args),
        Optional.ofNullable(tensors.get(ParameterParts.GROUP_INDEX)));
  }

  private static Tensor unpackZeroPoints(
      Tensor packed, long rows, long groups, QuantizationArgs args) {
    Tensor codes = Tensors.empty(DType.I8, Shape.of(rows, groups));
    BitPacking.unpackColumns(
        Tensors.buffer(packed), (int) rows, (int) groups, args.numBits(), Tensors.buffer(codes));
    return codes;
  }
}
