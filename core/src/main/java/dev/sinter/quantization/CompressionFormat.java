/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The formats of compressed-tensors. A format knows, without the weight, which tensors there will
 * be; every tensor but those of the whole weight is a concatenation of what blocks of rows give,
 * which start at multiples of {@link #rowBlock}.
 */
public enum CompressionFormat implements WeightFormat {
  PACK_QUANTIZED,
  INT_QUANTIZED,
  FLOAT_QUANTIZED,
  NAIVE_QUANTIZED,
  NVFP4_PACK_QUANTIZED,
  MXFP4_PACK_QUANTIZED,
  MXFP8_QUANTIZED,
  /** The weight as its codes stand for it, with the parameters beside it. */
  DENSE;

  /** Zero points of this many rows fill whole words whatever their width. */
  private static final int WORD_ROWS = 32;

  private static final int MX_GROUP = 32;

  /** How a format does what it is asked. */
  interface Layout extends WeightFormat {
    /** See {@link CompressionFormat#compress}. */
    Map<String, Tensor> compress(QuantizedWeight weight, Shape whole, QuantizationArgs args);
  }

  private Layout layout() {
    return switch (this) {
      case PACK_QUANTIZED -> new PackedLayout();
      case INT_QUANTIZED, FLOAT_QUANTIZED, NAIVE_QUANTIZED, MXFP8_QUANTIZED -> new PlainLayout();
      case NVFP4_PACK_QUANTIZED, MXFP4_PACK_QUANTIZED -> new Fp4Layout();
      case DENSE -> new DenseLayout();
    };
  }

  /**
   * The format that the peers infer for a scheme; but codes below eight bits are packed also where
   * inputs are quantized.
   */
  public static CompressionFormat of(QuantizationScheme scheme) {
    QuantizationArgs weights = scheme.weights();
    if (weights.isFp4()) {
      return weights.groupSize().equals(Optional.of((long) MX_GROUP))
          ? MXFP4_PACK_QUANTIZED
          : NVFP4_PACK_QUANTIZED;
    }
    if (weights.isInt()) {
      return scheme.quantizesInputs() && weights.numBits() == Byte.SIZE
          ? INT_QUANTIZED
          : PACK_QUANTIZED;
    }
    if (weights.scaleType() == ScaleType.E8M0) {
      return MXFP8_QUANTIZED;
    }
    return scheme.quantizesInputs() ? FLOAT_QUANTIZED : NAIVE_QUANTIZED;
  }

  /** Whether codes of such a weight can be stored so. */
  public boolean holds(QuantizationArgs weights) {
    return switch (this) {
      // Of scales in a type of their own clients know no other form than that of the codes.
      case DENSE ->
          weights.scaleType() == ScaleType.UNSET
              && weights.actorder() != QuantizationArgs.ActivationOrder.GROUP;
      case PACK_QUANTIZED, INT_QUANTIZED -> weights.isInt();
      case FLOAT_QUANTIZED, NAIVE_QUANTIZED ->
          !weights.isInt() && !weights.isFp4() && weights.scaleType() != ScaleType.E8M0;
      case NVFP4_PACK_QUANTIZED, MXFP4_PACK_QUANTIZED, MXFP8_QUANTIZED ->
          !weights.isInt()
              && this
                  == of(
                      new QuantizationScheme(
                          "", weights, new QuantizationScheme.Activations.Full()));
    };
  }

  /** Whether it can say which group each column belongs to. */
  public boolean holdsGroupsOutOfOrder() {
    return switch (this) {
      case PACK_QUANTIZED, INT_QUANTIZED, FLOAT_QUANTIZED, NAIVE_QUANTIZED -> true;
      case NVFP4_PACK_QUANTIZED, MXFP4_PACK_QUANTIZED, MXFP8_QUANTIZED, DENSE -> false;
    };
  }

  /** The format of that name in config.json. */
  public static Optional<CompressionFormat> named(String jsonName) {
    return Arrays.stream(values()).filter(format -> format.jsonName().equals(jsonName)).findFirst();
  }

  /** The name in config.json. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Blocks of rows must start at multiples of this. */
  public static int rowBlock(QuantizationArgs args) {
    int blockRows = args.strategy() instanceof Strategy.Block block ? block.rows() : 1;
    return Math.multiplyExact(WORD_ROWS / gcd(WORD_ROWS, blockRows), blockRows);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  @Override
  public List<Part> parts(Shape shape, DType dtype, QuantizationArgs args) {
    return layout().parts(shape, dtype, args);
  }

  /**
   * The tensors' content by suffix, for a weight or a block of its rows, in the innermost scope.
   * What belongs to the whole weight is the same for every block.
   *
   * @param whole the shape of the whole weight
   */
  public Map<String, Tensor> compress(QuantizedWeight weight, Shape whole, QuantizationArgs args) {
    return layout().compress(weight, whole, args);
  }

  @Override
  public QuantizedWeight open(
      Map<String, Tensor> tensors, long rows, long columns, QuantizationArgs args) {
    return layout().open(tensors, rows, columns, args);
  }
}
