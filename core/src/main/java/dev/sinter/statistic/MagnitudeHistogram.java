/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.quantization.Headroom;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How often the largest magnitude of a group of channels was how large: counts by its logarithm,
 * exact in any order. Groups of zeros are not counted. A part holds each count as two numbers, of
 * multiples of 2²² and of the rest, so that floats hold them exactly.
 */
public final class MagnitudeHistogram implements RangeStatistic {
  private static final int GROUP = 16;
  private static final long REST = 1L << 22;

  private final Headroom headroom;
  private final long[] counts = new long[Headroom.BINS];

  /** Magnitudes that are NaN or infinite. */
  private long broken;

  private long sequences;

  MagnitudeHistogram(Headroom headroom) {
    this.headroom = headroom;
  }

  @Override
  public void observe(Tensor x_NC, long count) {
    if (x_NC.size(0) == 0) {
      return;
    }
    try (Scope scope = Scope.open()) {
      Tensor largest_NG = filled(Tensors.to(x_NC, DType.F32).abs()).amax(new long[] {2}, false);
      double width = (Headroom.HIGH - Headroom.LOW) / Headroom.BINS;
      Tensor bin_NG =
          largest_NG.log2().sub(new Scalar(Headroom.LOW)).div(new Scalar(width)).floor();
      float[] bins = Tensors.floats(bin_NG);
      float[] largest = Tensors.floats(largest_NG);
      for (int i = 0; i < bins.length; i++) {
        if (!Float.isFinite(largest[i])) {
          broken++;
        } else if (largest[i] > 0) {
          counts[(int) Math.max(0, Math.min(Headroom.BINS - 1, bins[i]))]++;
        }
      }
    }
    sequences += count;
  }

  /** By groups; where channels run out, the last one ends in zeros. */
  private static Tensor filled(Tensor x_NC) {
    long groups = (x_NC.size(1) + GROUP - 1) / GROUP;
    if (groups * GROUP == x_NC.size(1)) {
      return x_NC.reshape(x_NC.size(0), groups, GROUP);
    }
    Tensor filled_NC = Tensors.zeros(DType.F32, Shape.of(x_NC.size(0), groups * GROUP));
    filled_NC.narrow(1, 0, x_NC.size(1)).copy_(x_NC);
    return filled_NC.view(x_NC.size(0), groups, GROUP);
  }

  @Override
  public Iterator<Part> parts() {
    float[] values = new float[2 * (Headroom.BINS + 1)];
    for (int i = 0; i <= Headroom.BINS; i++) {
      long count = i < Headroom.BINS ? counts[i] : broken;
      long multiples = count / REST;
      values[2 * i] = multiples;
      values[2 * i + 1] = count % REST;
    }
    return List.of(new Part(0, 0, sequences, values)).iterator();
  }

  @Override
  public void absorb(Part part) {
    if (part.values().length != 2 * (Headroom.BINS + 1)) {
      throw new IllegalArgumentException(
          part.values().length + " numbers are no counts of " + Headroom.BINS + " bins");
    }
    for (int i = 0; i <= Headroom.BINS; i++) {
      long multiples = (long) part.values()[2 * i];
      long rest = (long) part.values()[2 * i + 1];
      long count = multiples * REST + rest;
      if (i < Headroom.BINS) {
        counts[i] += count;
      } else {
        broken += count;
      }
    }
    sequences += part.sequences();
  }

  @Override
  public List<float[]> found() {
    if (sequences == 0) {
      return List.of();
    }
    float range = broken > 0 ? Float.NaN : (float) headroom.range(counts);
    return List.of(new float[] {-range, range});
  }

  @Override
  public void close() {
    // It holds no native memory.
  }
}
