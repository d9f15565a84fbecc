/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.graph.ChannelPick;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** A number for each channel, by which weights are multiplied or divided. */
public final class Factors implements Serializable {
  private static final long serialVersionUID = 1L;

  private final float[] values;

  public Factors(float[] values) {
    this.values = values.clone();
  }

  public float[] values() {
    return values.clone();
  }

  /** These for the channels that are picked, and 1 for all others. */
  public Factors spread(ChannelPick pick, long channels) {
    float[] spread = new float[Math.toIntExact(channels)];
    int next = 0;
    for (int i = 0; i < spread.length; i++) {
      long place = i % pick.period() - pick.first();
      spread[i] = place >= 0 && place < pick.count() ? values[next++] : 1;
    }
    if (next != values.length) {
      throw new IllegalArgumentException(values.length + " factors for " + next + " channels");
    }
    return new Factors(spread);
  }

  /** Some of them, in the innermost scope. */
  Tensor some(long first, long count, DType dtype) {
    float[] some =
        Arrays.copyOfRange(values, Math.toIntExact(first), Math.toIntExact(first + count));
    return Tensors.to(Tensors.of(some, some.length), dtype);
  }

  Tensor all(DType dtype) {
    return some(0, values.length, dtype);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Factors factors && Arrays.equals(values, factors.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return values.length + " factors";
  }
}
