/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.checkpoint.TensorSpec;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * How a quantized weight is laid out in tensors. A format knows, without the weight, which tensors
 * there will be; every tensor but the descriptive ones is a concatenation of what blocks of {@link
 * #ROW_BLOCK} rows give.
 */
public enum CompressionFormat {
  PACK_QUANTIZED,
  INT_QUANTIZED,
  FLOAT_QUANTIZED;

  /**
   * Blocks of rows must start at multiples of this: zero points of 32 rows fill whole words
   * whatever their width.
   */
  public static final int ROW_BLOCK = 32;

  /** The tensor that states the shape of a packed weight. */
  public static final String SHAPE = "weight_shape";

  /** The tensor that says which group each column of a packed weight belongs to. */
  static final String GROUP_INDEX = "weight_g_idx";

  /**
   * Whether the tensor of that suffix describes the module as a whole, and is no concatenation of
   * blocks of rows.
   */
  public static boolean isDescriptive(String suffix) {
    return suffix.equals(SHAPE) || suffix.equals(GROUP_INDEX);
  }

  /** The tensors of one module, by the name behind the module's. */
  interface Layout {
    /** The tensors of a module whose weight is that. */
    List<TensorSpec> specs(TensorSpec weight, QuantizationArgs args);

    /** Their content for a weight, or for a block of its rows. Lies in the innermost scope. */
    Map<String, Tensor> compress(QuantizedWeight weight, QuantizationArgs args);

    /** The weight back in codes. Lies in the innermost scope. */
    QuantizedWeight open(Map<String, Tensor> tensors, QuantizationArgs args);
  }

  private Layout layout() {
    return this == PACK_QUANTIZED ? new PackedLayout() : new PlainLayout();
  }

  /** The format that the peers infer for a scheme. */
  public static CompressionFormat of(QuantizationScheme scheme) {
    boolean integers = scheme.weights().type() == QuantizationArgs.Type.INT;
    if (scheme.quantizesInputs()) {
      return integers ? INT_QUANTIZED : FLOAT_QUANTIZED;
    }
    if (integers) {
      return PACK_QUANTIZED;
    }
    throw new IllegalArgumentException("No format holds the scheme " + scheme.name());
  }

  /** The name in config.json. */
  public String jsonName() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** The tensors that stand in place of a weight, named in full. */
  public List<TensorSpec> specs(TensorSpec weight, QuantizationArgs args) {
    return layout().specs(weight, args);
  }

  /** The tensors' content by suffix ("weight_packed"), in the innermost scope. */
  public Map<String, Tensor> compress(QuantizedWeight weight, QuantizationArgs args) {
    return layout().compress(weight, args);
  }

  /** The weight in codes from its tensors by suffix, in the innermost scope. */
  public QuantizedWeight open(Map<String, Tensor> tensors, QuantizationArgs args) {
    return layout().open(tensors, args);
  }
}
