/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * How much each column of a weight matters, as the mean square of its input says, over the mean of
 * all columns; no columns where all matter alike.
 */
public final class Importance {
  /** All columns matter alike. */
  public static final Importance EQUAL = new Importance(new float[0]);

  private final float[] weight_C;

  private Importance(float[] weight_C) {
    this.weight_C = weight_C;
  }

  /** By the mean squares of a weight's inputs; alike where no input is ever other than zero. */
  public static Importance of(float[] meanSquare_C) {
    double sum = 0;
    for (float square : meanSquare_C) {
      sum += square;
    }
    if (!Double.isFinite(sum)) {
      throw new ArithmeticException(
          "The calibration data produced activations here that are NaN or infinite, or whose squares"
              + " overflow: no weight says how much their columns matter");
    }
    if (sum == 0) {
      return EQUAL;
    }
    float mean = (float) (sum / meanSquare_C.length);
    float[] weight_C = meanSquare_C.clone();
    for (int i = 0; i < weight_C.length; i++) {
      weight_C[i] /= mean;
    }
    return new Importance(weight_C);
  }

  /** The type of what {@link #weigh} gives. */
  DType errorType(DType grouped) {
    return weight_C.length == 0 ? grouped : grouped == DType.F64 ? DType.F64 : DType.F32;
  }

  /** Grouped elements of a weight times what their columns matter; in fp32 if that is known. */
  Tensor weigh(Tensor grouped, QuantizationArgs args) {
    if (weight_C.length == 0) {
      return grouped;
    }
    // Blocks at the edge are filled up.
    long rows =
        args.strategy() instanceof Strategy.Block block
            ? grouped.size(0) * block.rows()
            : grouped.numel() / weight_C.length;
    Tensor weight_RC = Tensors.of(weight_C, 1, weight_C.length).expand(rows, weight_C.length);
    return grouped.mul(new Grouping(args).group(weight_RC));
  }
}
