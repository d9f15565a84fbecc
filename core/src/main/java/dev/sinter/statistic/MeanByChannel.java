/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.statistic.StatisticType.ChannelMeans;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The mean over all tokens of |x|, or of x², for each channel: sums in fp32 of each micro-batch,
 * added up in fp32. A part counts tokens in place of sequences.
 */
public final class MeanByChannel implements Statistic {
  private final ChannelMeans.Of of;
  private final float[] sum_C;

  private long tokens;

  MeanByChannel(ChannelMeans.Of of, long channels) {
    this.of = of;
    this.sum_C = new float[Math.toIntExact(channels)];
  }

  @Override
  public void observe(Tensor x_NC, long count) {
    try (Scope scope = Scope.open()) {
      Tensor exact_NC = Tensors.to(x_NC, DType.F32);
      Tensor term_NC = of == ChannelMeans.Of.MAGNITUDES ? exact_NC.abs() : exact_NC.square();
      add(Tensors.floats(term_NC.sum(new long[] {0}, /* keepdim= */ false, null)), x_NC.size(0));
    }
  }

  private void add(float[] more_C, long moreTokens) {
    for (int i = 0; i < sum_C.length; i++) {
      sum_C[i] += more_C[i];
    }
    tokens += moreTokens;
  }

  @Override
  public Iterator<Part> parts() {
    return List.of(new Part(0, 0, tokens, sum_C.clone())).iterator();
  }

  @Override
  public void absorb(Part part) {
    if (part.values().length != sum_C.length) {
      throw new IllegalArgumentException(
          "Sums of " + part.values().length + " channels, and there are " + sum_C.length);
    }
    add(part.values(), part.sequences());
  }

  /** The means; zero where nothing was seen. */
  public float[] mean_C() {
    float[] mean_C = sum_C.clone();
    for (int i = 0; i < mean_C.length; i++) {
      mean_C[i] /= Math.max(1, tokens);
    }
    return mean_C;
  }

  /** How many tokens were seen. */
  public long tokens() {
    return tokens;
  }

  @Override
  public void rescale(float[] factor_C) {
    for (int i = 0; i < sum_C.length; i++) {
      sum_C[i] *= of == ChannelMeans.Of.MAGNITUDES ? factor_C[i] : factor_C[i] * factor_C[i];
    }
  }

  @Override
  public void close() {
    // It holds no native memory.
  }
}
