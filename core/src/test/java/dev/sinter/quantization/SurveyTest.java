/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurveyTest {

  private static Survey random(Random random) {
    BitSet steps = new BitSet();
    for (int i = 0; i < random.nextInt(12); i++) {
      steps.set(random.nextInt(120));
    }
    double min = random.nextInt(8) == 0 ? Double.NaN : -Math.abs(random.nextGaussian());
    double max = Double.isNaN(min) ? Double.NaN : Math.abs(random.nextGaussian());
    return new Survey(new Survey.Extremes(min, max), steps);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void mergingIsAMonoidWhateverTheOrder(long seed) {
    Random random = new Random(seed);
    Survey a = random(random);
    Survey b = random(random);
    Survey c = random(random);

    assertThat(a.merge(b).merge(c)).isEqualTo(a.merge(b.merge(c)));
    assertThat(a.merge(b)).isEqualTo(b.merge(a));
    assertThat(a.merge(Survey.EMPTY)).isEqualTo(a);
    assertThat(Survey.EMPTY.merge(a)).isEqualTo(a);
    assertThat(a.merge(a)).isEqualTo(a);
  }

  @Test
  void mergingWidensExtremesAndJoinsSteps() {
    BitSet first = new BitSet();
    first.set(1);
    BitSet second = new BitSet();
    second.set(70);
    Survey merged =
        new Survey(new Survey.Extremes(-1, 2), first)
            .merge(new Survey(new Survey.Extremes(-3, 1), second));

    assertThat(merged.extremes()).isEqualTo(new Survey.Extremes(-3, 2));
    assertThat(merged.improvingSteps().stream()).containsExactly(1, 70);
  }

  @Test
  void weightsThatShareAGlobalScaleShareNothingElse() {
    BitSet steps = new BitSet();
    steps.set(5);
    Survey own = new Survey(new Survey.Extremes(-1, 2), new BitSet());
    Survey other = new Survey(new Survey.Extremes(-3, 1), steps);

    assertThat(own.mergeExtremes(other))
        .isEqualTo(new Survey(new Survey.Extremes(-3, 2), new BitSet()));
  }

  @Test
  void whatWasGivenOrTakenCanBeChangedWithoutHarm() {
    BitSet steps = new BitSet();
    Survey survey = new Survey(new Survey.Extremes(0, 0), steps);
    steps.set(3);
    survey.improvingSteps().set(4);
    survey.merge(survey).improvingSteps().set(5);

    assertThat(survey.improvingSteps().isEmpty()).isTrue();
    assertThat(Survey.EMPTY.improvingSteps().isEmpty()).isTrue();
  }
}
