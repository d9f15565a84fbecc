/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.quantization.Headroom;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MagnitudeHistogramTest {
  private static final Headroom USUAL = new Headroom(1, 99.99, 16_384);

  private static MagnitudeHistogram empty(Headroom headroom) {
    return (MagnitudeHistogram) new StatisticType.Magnitudes(headroom).empty(64);
  }

  /** Groups of very different sizes. */
  private static Tensor activations(long seed) {
    Tensor x_NC = RandomTensors.normal(seed, 200, 64);
    return x_NC.mul_(RandomTensors.normal(seed + 1, 200, 1).mul(new Scalar(3)).exp());
  }

  private static float[] magnitudes(Tensor x_NC) {
    float[] x = Tensors.floats(x_NC);
    float[] largest = new float[x.length / 16];
    for (int i = 0; i < x.length; i++) {
      largest[i / 16] = Math.max(largest[i / 16], Math.abs(x[i]));
    }
    Arrays.sort(largest);
    return largest;
  }

  @ParameterizedTest
  @CsvSource({"1, 99.99, 16384", "50, 100, 4", "1, 99, 0.001", "10, 90, 100"})
  void rangeIsOfPercentilesOfGroups(double anchor, double upper, double rho) {
    try (Scope scope = Scope.open();
        MagnitudeHistogram seen = empty(new Headroom(anchor, upper, rho))) {
      Tensor x_NC = activations(3);
      seen.observe(x_NC, 2);

      float[] sorted = magnitudes(x_NC);
      double low = sorted[(int) Math.ceil(anchor / 100 * sorted.length) - 1];
      double high = sorted[(int) Math.ceil(upper / 100 * sorted.length) - 1];
      double expected = Math.max(rho * low, high);
      // A bin is 2^(80/512) wide, and its middle is read.
      assertThat((double) seen.found().get(0)[1])
          .isCloseTo(expected, within(expected * (Math.pow(2, 40.0 / 512) - 1)));
      assertThat(seen.found().get(0)[0]).isEqualTo(-seen.found().get(0)[1]);
    }
  }

  @Test
  void mergesExactlyInAnyOrder() {
    try (Scope scope = Scope.open();
        MagnitudeHistogram all = empty(USUAL);
        MagnitudeHistogram first = empty(USUAL);
        MagnitudeHistogram second = empty(USUAL);
        MagnitudeHistogram merged = empty(USUAL)) {
      all.observe(activations(3), 1);
      all.observe(Tensors.to(activations(5), DType.BF16), 1);
      second.observe(Tensors.to(activations(5), DType.BF16), 1);
      first.observe(activations(3), 1);
      second.parts().forEachRemaining(merged::absorb);
      first.parts().forEachRemaining(merged::absorb);

      assertThat(merged.parts().next().values()).isEqualTo(all.parts().next().values());
      assertThat(merged.found().get(0)).isEqualTo(all.found().get(0));
      assertThat(merged.parts().next().sequences()).isEqualTo(2);
    }
  }

  @Test
  void countsBeyondWhatFloatsHoldStayExact() {
    try (MagnitudeHistogram seen = empty(USUAL);
        MagnitudeHistogram copy = empty(USUAL)) {
      float[] values = new float[2 * (Headroom.BINS + 1)];
      values[600] = 4_000_000;
      values[601] = 4_194_303;
      seen.absorb(new Part(0, 0, 1, values));
      float[] one = new float[values.length];
      one[601] = 1;
      seen.absorb(new Part(0, 0, 1, one));
      seen.parts().forEachRemaining(copy::absorb);

      assertThat(copy.parts().next().values()[600]).isEqualTo(4_000_001);
      assertThat(copy.parts().next().values()[601]).isEqualTo(0);
    }
  }

  @Test
  void nothingSeenIsNoRange() {
    try (Scope scope = Scope.open();
        MagnitudeHistogram seen = empty(USUAL)) {
      seen.observe(RandomTensors.normal(1, 0, 64), 0);
      assertThat(seen.found()).isEmpty();
    }
  }

  @Test
  void whatIsNoNumberIsNoRange() {
    try (Scope scope = Scope.open();
        MagnitudeHistogram seen = empty(USUAL)) {
      Tensor x_NC = activations(3);
      x_NC.select(0, 7).fill_(new Scalar(Double.NaN));
      seen.observe(x_NC, 1);
      assertThat(seen.found().get(0)).containsOnly(Float.NaN);
    }
  }

  @Test
  void groupsOfZerosAndNegligibleOnesDoNotCount() {
    try (Scope scope = Scope.open();
        MagnitudeHistogram seen = empty(USUAL);
        MagnitudeHistogram padded = empty(USUAL)) {
      seen.observe(activations(3), 1);
      padded.observe(activations(3), 1);
      padded.observe(Tensors.zeros(DType.F32, dev.sinter.tensor.Shape.of(300, 64)), 1);
      padded.observe(RandomTensors.normal(9, 1, 64).mul(new Scalar(1e-9)), 1);

      assertThat(padded.found().get(0)).isEqualTo(seen.found().get(0));
    }
  }

  @Test
  void refusesPartsOfAnotherSize() {
    try (MagnitudeHistogram seen = empty(USUAL)) {
      assertThatThrownBy(() -> seen.absorb(new Part(0, 0, 1, new float[3])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 numbers are no counts of 512 bins");
    }
  }

  @Test
  void percentilesOutOfOrderAreRefused() {
    assertThatThrownBy(() -> new Headroom(99, 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Percentiles are of 0 to 100, the anchor's below the upper one")
        .hasMessageContaining("99.0, 1.0 and 2.0");
  }
}
