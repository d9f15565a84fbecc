/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GramMatrixTest {
  private static final int CHANNELS = 21;

  /** XᵀX by its definition, in fp64. */
  private static double[] gram(float[] x, int channels) {
    double[] gram = new double[channels * channels];
    for (int token = 0; token < x.length / channels; token++) {
      for (int row = 0; row < channels; row++) {
        for (int column = 0; column < channels; column++) {
          gram[row * channels + column] +=
              (double) x[token * channels + row] * x[token * channels + column];
        }
      }
    }
    return gram;
  }

  private static void assertClose(Tensor found_CC, double[] expected) {
    float[] found = Tensors.floats(found_CC);
    assertThat(found).hasSize(expected.length);
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(largest * 1e-6));
    }
  }

  private static float[] symmetric(GramMatrix gram) {
    try (Scope scope = Scope.open()) {
      return Tensors.floats(gram.symmetric());
    }
  }

  private static void observe(Statistic statistic, Tensor x_BTC) {
    statistic.observe(x_BTC.view(-1, x_BTC.size(2)), x_BTC.size(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 1024})
  void quadraticFormTellsWhatTheGramMatrixTells(int tile) {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(CHANNELS, tile)) {
      observe(gram, RandomTensors.correlated(3, 2, 50, CHANNELS));
      float[] form = Tensors.floats(gram.quadraticForm());
      float[] full = symmetric(gram);
      float[] y = RandomTensors.normals(4, CHANNELS);
      double expected = 0;
      double found = 0;
      for (int i = 0; i < form.length; i++) {
        int row = i / CHANNELS;
        int column = i % CHANNELS;
        expected += (double) y[row] * full[i] * y[column];
        found += (double) y[row] * form[i] * y[column];
        assertThat(column < row && form[i] != 0).as("below the diagonal").isFalse();
      }
      assertThat(found).isCloseTo(expected, within(Math.abs(expected) * 1e-6));
    }
  }

  @Test
  void isTheProductOverAllTokens() {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(CHANNELS)) {
      Tensor x_BTC = RandomTensors.correlated(1, 3, 17, CHANNELS);

      observe(gram, x_BTC);

      assertClose(gram.symmetric(), gram(Tensors.floats(x_BTC), CHANNELS));
      assertThat(gram.sequences()).isEqualTo(3);
    }
  }

  /** More channels than are mirrored at a time, and rows that do not lie behind each other. */
  @Test
  void isTheProductForPartsOfWiderInputs() {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(300)) {
      Tensor part_NC = RandomTensors.normal(2, 40, 320).narrow(1, 20, 300);

      gram.observe(part_NC, 1);
      gram.observe(part_NC, 1);

      double[] expected = gram(Tensors.floats(part_NC), 300);
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= 2;
      }
      assertClose(gram.symmetric(), expected);
      assertClose(gram.diagonal(), diagonal(expected, 300));
    }
  }

  private static double[] diagonal(double[] matrix, int size) {
    double[] diagonal = new double[size];
    for (int i = 0; i < size; i++) {
      diagonal[i] = matrix[i * size + i];
    }
    return diagonal;
  }

  @Test
  void bf16InputsAreMultipliedExactly() {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(2)) {
      // 1 + 2^-7 squared needs 15 bits, which bf16 lacks.
      gram.observe(Tensors.to(Tensors.of(new float[] {1.0078125f, 1}, 1, 2), DType.BF16), 1);

      assertThat(symmetric(gram))
          .containsExactly(1.0078125f * 1.0078125f, 1.0078125f, 1.0078125f, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7, 10, 20, 21, 22, 1024})
  void partsOfSeveralSlicesAddUpToTheWhole(int tile) {
    List<Part> parts = new ArrayList<>();
    try (Scope scope = Scope.open();
        GramMatrix all = new GramMatrix(CHANNELS, tile);
        GramMatrix sum = new GramMatrix(CHANNELS, tile)) {
      for (long seed = 0; seed < 4; seed++) {
        Tensor x_BTC = RandomTensors.normal(seed, seed + 1, 9, CHANNELS);
        observe(all, x_BTC);
        try (GramMatrix slice = new GramMatrix(CHANNELS, tile)) {
          observe(slice, x_BTC);
          slice.parts().forEachRemaining(parts::add);
        }
      }

      parts.forEach(sum::absorb);

      double[] expected = new double[CHANNELS * CHANNELS];
      float[] whole = symmetric(all);
      for (int i = 0; i < expected.length; i++) {
        expected[i] = whole[i];
      }
      assertClose(sum.symmetric(), expected);
      assertThat(sum.sequences()).isEqualTo(all.sequences()).isEqualTo(1 + 2 + 3 + 4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7, 10, 20, 22, 1024})
  void tilesOfAnySizeCarryTheSameBits(int tile) {
    try (Scope scope = Scope.open();
        GramMatrix whole = new GramMatrix(CHANNELS, CHANNELS);
        GramMatrix tiled = new GramMatrix(CHANNELS, tile);
        GramMatrix copy = new GramMatrix(CHANNELS, tile)) {
      Tensor x_BTC = RandomTensors.normal(5, 2, 9, CHANNELS);
      observe(whole, x_BTC);
      observe(tiled, x_BTC);

      tiled.parts().forEachRemaining(copy::absorb);

      assertThat(symmetric(copy)).isEqualTo(symmetric(whole));
      assertThat(copy.sequences()).isEqualTo(2);
    }
  }

  @Test
  void emptyIsNeutral() {
    try (Scope scope = Scope.open();
        GramMatrix gram = new GramMatrix(CHANNELS, 8);
        GramMatrix empty = new GramMatrix(CHANNELS, 8)) {
      observe(gram, RandomTensors.normal(6, 2, 9, CHANNELS));
      float[] before = symmetric(gram);

      empty.parts().forEachRemaining(gram::absorb);

      assertThat(symmetric(gram)).isEqualTo(before);
      assertThat(gram.sequences()).isEqualTo(2);
      assertThat(symmetric(empty)).containsOnly(0);
      assertThat(empty.sequences()).isZero();
    }
  }

  @Test
  void absorbingCommutes() {
    try (Scope scope = Scope.open();
        GramMatrix first = new GramMatrix(CHANNELS);
        GramMatrix second = new GramMatrix(CHANNELS);
        GramMatrix oneWay = new GramMatrix(CHANNELS);
        GramMatrix other = new GramMatrix(CHANNELS)) {
      observe(first, RandomTensors.normal(7, 1, 9, CHANNELS));
      observe(second, RandomTensors.normal(8, 2, 9, CHANNELS));

      first.parts().forEachRemaining(oneWay::absorb);
      second.parts().forEachRemaining(oneWay::absorb);
      second.parts().forEachRemaining(other::absorb);
      first.parts().forEachRemaining(other::absorb);

      assertThat(symmetric(oneWay)).isEqualTo(symmetric(other));
    }
  }

  @Test
  void partsAreTheTilesOfTheUpperTriangle() {
    try (GramMatrix gram = new GramMatrix(CHANNELS, 10)) {
      List<String> parts = new ArrayList<>();

      gram.parts()
          .forEachRemaining(
              part -> parts.add(part.row() + "," + part.column() + ":" + part.values().length));

      assertThat(parts)
          .containsExactly("0,0:100", "0,1:100", "0,2:10", "1,1:100", "1,2:10", "2,2:1");
    }
  }

  @Test
  void refusesAPartOfAnotherSize() {
    try (GramMatrix gram = new GramMatrix(CHANNELS, 10)) {
      Part part = new Part(1, 2, 1, new float[100]);

      assertThatThrownBy(() -> gram.absorb(part))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("A tile of 100 values does not fit at 1, 2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3,3", "0,3", "-1,0", "2,1"})
  void refusesAPartOutsideTheUpperTriangle(String at) {
    String[] place = at.split(",", -1);
    try (GramMatrix gram = new GramMatrix(CHANNELS, 10)) {
      Part part =
          new Part(Integer.parseInt(place[0]), Integer.parseInt(place[1]), 1, new float[10]);

      assertThatThrownBy(() -> gram.absorb(part))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("A tile of 10 values does not fit at " + place[0] + ", " + place[1]);
    }
  }

  @Test
  void typeMakesAnEmptyOne() {
    try (Statistic statistic = StatisticType.GRAM.empty(3)) {
      assertThat(statistic.parts().next().values()).containsOnly(0).hasSize(9);
    }
  }
}
