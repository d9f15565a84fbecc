/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What makes a summary one: parts merge as if one had seen all, and what follows does. */
class StatisticLawsTest {
  private static final int CHANNELS = 24;
  private static final int TOKENS = 10;

  static Stream<StatisticType> all() {
    return Stream.concat(
        following(),
        Stream.of(
            new StatisticType.Ranges(
                ((Activations.Quantized) Presets.named("FP8").inputs()).args(), 1)));
  }

  static Stream<StatisticType> following() {
    return Stream.of(
        StatisticType.GRAM,
        new StatisticType.GramBlocks(16),
        StatisticType.CHANNEL_EXTREMES,
        StatisticType.MAGNITUDE,
        StatisticType.SQUARE);
  }

  /** A micro-batch of one sequence. */
  private static float[] batch(int seed) {
    try (Scope scope = Scope.open()) {
      return Tensors.floats(RandomTensors.correlated(seed, 1, TOKENS, CHANNELS));
    }
  }

  /** Of those micro-batches, in that order. */
  private static Statistic summary(StatisticType type, float[]... batches) {
    Statistic statistic = type.empty(CHANNELS);
    for (float[] batch : batches) {
      try (Scope scope = Scope.open()) {
        statistic.observe(Tensors.of(batch, TOKENS, CHANNELS), 1);
      }
    }
    return statistic;
  }

  private static Statistic merged(StatisticType type, Statistic... slices) {
    Statistic sum = type.empty(CHANNELS);
    for (Statistic slice : slices) {
      slice.parts().forEachRemaining(sum::absorb);
      slice.close();
    }
    return sum;
  }

  /** The numbers of all parts, and the counts; closes it. */
  private static float[] numbers(Statistic statistic) {
    List<Float> numbers = new ArrayList<>();
    statistic
        .parts()
        .forEachRemaining(
            part -> {
              numbers.add((float) part.sequences());
              for (float value : part.values()) {
                numbers.add(value);
              }
            });
    statistic.close();
    float[] array = new float[numbers.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = numbers.get(i);
    }
    return array;
  }

  private static void assertClose(float[] found, float[] expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(largest * tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void absorbedByAnEmptyOneItIsTheSame(StatisticType type) {
    float[] alone = numbers(summary(type, batch(1), batch(2)));

    assertThat(numbers(merged(type, summary(type, batch(1), batch(2))))).isEqualTo(alone);
  }

  @ParameterizedTest
  @MethodSource("all")
  void slicesAddUpToTheWhole(StatisticType type) {
    float[] whole = numbers(summary(type, batch(1), batch(2), batch(3)));

    float[] left =
        numbers(merged(type, summary(type, batch(1), batch(2)), summary(type, batch(3))));
    float[] right =
        numbers(merged(type, summary(type, batch(1)), summary(type, batch(2), batch(3))));
    assertClose(left, whole, 1e-6);
    assertClose(right, whole, 1e-6);
  }

  @Test
  void extremesAndCountsAreExactInAnyOrder() {
    StatisticType type = StatisticType.CHANNEL_EXTREMES;

    assertThat(numbers(merged(type, summary(type, batch(3)), summary(type, batch(1), batch(2)))))
        .isEqualTo(numbers(summary(type, batch(1), batch(2), batch(3))));
  }

  @ParameterizedTest
  @MethodSource("following")
  void itFollowsWhenChannelsAreMultiplied(StatisticType type) {
    float[] factor_C = new float[CHANNELS];
    float[] exact_C = new float[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      factor_C[i] = 0.3f + 0.17f * i;
      exact_C[i] = (float) Math.pow(2, i % 5 - 2);
    }

    // Powers of two change no digit of any sum.
    assertThat(numbers(rescaled(type, exact_C)))
        .isEqualTo(numbers(summary(type, times(batch(1), exact_C), times(batch(2), exact_C))));
    assertClose(
        numbers(rescaled(type, factor_C)),
        numbers(summary(type, times(batch(1), factor_C), times(batch(2), factor_C))),
        1e-6);
    assertThat(type.followsRescaling()).isTrue();
  }

  private static Statistic rescaled(StatisticType type, float[] factor_C) {
    Statistic statistic = summary(type, batch(1), batch(2));
    statistic.rescale(factor_C);
    return statistic;
  }

  private static float[] times(float[] batch, float[] factor_C) {
    try (Scope scope = Scope.open()) {
      Tensor x_NC = Tensors.of(batch, TOKENS, CHANNELS);
      return Tensors.floats(x_NC.mul(Tensors.of(factor_C, CHANNELS)));
    }
  }

  @Test
  void aRangeOverChannelsSaysThatItDoesNotFollow() {
    StatisticType type = all().filter(one -> !one.followsRescaling()).findFirst().orElseThrow();

    try (Statistic ranges = type.empty(CHANNELS)) {
      assertThatThrownBy(() -> ranges.rescale(new float[CHANNELS]))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("ObservedRanges does not follow when channels are multiplied");
    }
  }
}
