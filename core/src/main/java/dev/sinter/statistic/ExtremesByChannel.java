/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The smallest and the largest value of each channel over all tokens: exact, in any order. */
public final class ExtremesByChannel implements Statistic {
  private final float[] min_C;
  private final float[] max_C;
  private long sequences;

  ExtremesByChannel(long channels) {
    this.min_C = new float[Math.toIntExact(channels)];
    this.max_C = new float[Math.toIntExact(channels)];
    Arrays.fill(min_C, Float.POSITIVE_INFINITY);
    Arrays.fill(max_C, Float.NEGATIVE_INFINITY);
  }

  @Override
  public void observe(Tensor x_NC, long count) {
    if (x_NC.size(0) == 0) {
      return;
    }
    try (Scope scope = Scope.open()) {
      long[] tokens = {0};
      merge(
          Tensors.floats(Tensors.to(x_NC.amin(tokens, /* keepdim= */ false), DType.F32)),
          Tensors.floats(Tensors.to(x_NC.amax(tokens, /* keepdim= */ false), DType.F32)));
    }
    sequences += count;
  }

  /** Math.min and Math.max hand NaN on. */
  private void merge(float[] lower_C, float[] upper_C) {
    for (int i = 0; i < min_C.length; i++) {
      min_C[i] = Math.min(min_C[i], lower_C[i]);
      max_C[i] = Math.max(max_C[i], upper_C[i]);
    }
  }

  @Override
  public Iterator<Part> parts() {
    return List.of(
            new Part(0, 0, sequences, min_C.clone()), new Part(1, 0, sequences, max_C.clone()))
        .iterator();
  }

  @Override
  public void absorb(Part part) {
    if (part.row() > 1 || part.values().length != min_C.length) {
      throw new IllegalArgumentException(
          "Extremes of " + part.values().length + " channels, and there are " + min_C.length);
    }
    if (part.row() == 0) {
      merge(part.values(), max_C);
      sequences += part.sequences();
    } else {
      merge(min_C, part.values());
    }
  }

  /** The smallest values; infinite if nothing was seen. */
  public float[] min_C() {
    return min_C.clone();
  }

  /** The largest values; minus infinity if nothing was seen. */
  public float[] max_C() {
    return max_C.clone();
  }

  /** The number of sequences seen. */
  public long sequences() {
    return sequences;
  }

  @Override
  public void rescale(float[] factor_C) {
    for (int i = 0; i < min_C.length; i++) {
      min_C[i] *= factor_C[i];
      max_C[i] *= factor_C[i];
    }
  }

  @Override
  public void close() {
    // It holds no native memory.
  }
}
