/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeTest {
  private static final int DIM = 8;
  private static final int HEADS = 2;
  private static final int TOKENS = 40;

  @ParameterizedTest
  @ValueSource(doubles = {1, 4})
  void turnsPairsOfChannelsByTheirAngle(double factor) {
    double theta = 100;
    Frequencies.Default base = new Frequencies.Default(theta);
    Rope rope = Rope.whole(DIM, factor == 1 ? base : new Frequencies.Linear(base, factor));
    try (Scope scope = Scope.open()) {
      Tensor x_NC = RandomTensors.normal(1, TOKENS, HEADS * DIM);

      float[] turned =
          Tensors.floats(rope.apply(Frame.of(name -> null, Sequences.of(TOKENS)), List.of(x_NC)));

      float[] x = Tensors.floats(x_NC);
      for (int token = 0; token < TOKENS; token++) {
        for (int head = 0; head < HEADS; head++) {
          for (int i = 0; i < DIM / 2; i++) {
            double angle = token / factor * Math.pow(theta, -2.0 * i / DIM);
            int first = (token * HEADS + head) * DIM + i;
            int second = first + DIM / 2;
            assertThat((double) turned[first])
                .isCloseTo(x[first] * Math.cos(angle) - x[second] * Math.sin(angle), within(2e-5));
            assertThat((double) turned[second])
                .isCloseTo(x[second] * Math.cos(angle) + x[first] * Math.sin(angle), within(2e-5));
          }
        }
      }
    }
  }

  @Test
  void llama3KeepsShortWavesAndStretchesLongOnes() {
    Frequencies.Default base = new Frequencies.Default(10_000);
    Frequencies llama3 = new Frequencies.Llama3(base, 8, 1, 4, 64);
    try (Scope scope = Scope.open()) {
      float[] plain = Tensors.floats(base.inverse(16, 1));
      float[] found = Tensors.floats(llama3.inverse(16, 1));

      for (int i = 0; i < plain.length; i++) {
        double turns = 64 * plain[i] / (2 * Math.PI);
        double blend = Math.min(1, Math.max(0, (turns - 1) / (4 - 1)));
        double expected = blend * plain[i] + (1 - blend) * plain[i] / 8;
        assertThat((double) found[i]).isCloseTo(expected, within(expected * 1e-6));
      }
      assertThat(found[0]).isEqualTo(plain[0]);
      assertThat(found[7]).isEqualTo(plain[7] / 8);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 4})
  void onlyTheNamedNeighboursTurn(int first) {
    double theta = 100;
    Rope rope = new Rope(DIM, first, 4, Rope.Pairs.NEIGHBOURS, new Frequencies.Default(theta));
    try (Scope scope = Scope.open()) {
      Tensor x_NC = RandomTensors.normal(1, TOKENS, HEADS * DIM);

      float[] turned =
          Tensors.floats(rope.apply(Frame.of(name -> null, Sequences.of(TOKENS)), List.of(x_NC)));

      float[] x = Tensors.floats(x_NC);
      for (int token = 0; token < TOKENS; token++) {
        for (int head = 0; head < HEADS; head++) {
          for (int channel = 0; channel < DIM; channel++) {
            int at = (token * HEADS + head) * DIM + channel;
            int pair = Math.floorDiv(channel - first, 2);
            if (pair < 0 || pair > 1) {
              assertThat(turned[at]).isEqualTo(x[at]);
              continue;
            }
            double angle = token * Math.pow(theta, -2.0 * pair / 4);
            boolean isFirst = (channel - first) % 2 == 0;
            double other = isFirst ? -x[at + 1] : x[at - 1];
            assertThat((double) turned[at])
                .isCloseTo(x[at] * Math.cos(angle) + other * Math.sin(angle), within(2e-5));
          }
        }
      }
    }
  }

  @Test
  void positionsCountFromTheStartOfEachSequence() {
    Rope rope = Rope.whole(DIM, new Frequencies.Default(100));
    try (Scope scope = Scope.open()) {
      Tensor x_NC = RandomTensors.normal(1, 12, HEADS * DIM);

      Tensor packed = rope.apply(Frame.of(name -> null, Sequences.of(5, 4, 3)), List.of(x_NC));

      long start = 0;
      for (int length : List.of(5, 4, 3)) {
        Tensor alone =
            rope.apply(
                Frame.of(name -> null, Sequences.of(length)),
                List.of(x_NC.narrow(0, start, length)));
        assertThat(packed.narrow(0, start, length).equal(alone)).isTrue();
        start += length;
      }
    }
  }
}
