/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GroupingTest {
  private static final int ROWS = 7;
  private static final int COLUMNS = 24;

  private static Grouping grouping(Strategy strategy) {
    return new Grouping(QuantizationArgs.weights(8, Type.INT, true, strategy));
  }

  static Stream<Arguments> strategies() {
    return Stream.of(
        Arguments.of(new Strategy.Tensor(), Shape.of(1), Shape.of(1, 168)),
        Arguments.of(new Strategy.Channel(), Shape.of(7, 1), Shape.of(7, 1, 24)),
        Arguments.of(new Strategy.Group(8), Shape.of(7, 3), Shape.of(7, 3, 8)),
        Arguments.of(new Strategy.Group(24), Shape.of(7, 1), Shape.of(7, 1, 24)),
        Arguments.of(new Strategy.Group(128), Shape.of(7, 1), Shape.of(7, 1, 24)),
        Arguments.of(new Strategy.TensorGroup(4), Shape.of(7, 6), Shape.of(7, 6, 4)),
        Arguments.of(new Strategy.Block(7, 24), Shape.of(1, 1), Shape.of(1, 1, 168)),
        Arguments.of(new Strategy.Block(1, 8), Shape.of(7, 3), Shape.of(7, 3, 8)),
        Arguments.of(new Strategy.Block(2, 8), Shape.of(4, 3), Shape.of(4, 3, 16)),
        Arguments.of(new Strategy.Block(3, 10), Shape.of(3, 3), Shape.of(3, 3, 30)),
        Arguments.of(new Strategy.Block(128, 128), Shape.of(1, 1), Shape.of(1, 1, 16384)));
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void shapesFollowTheStrategy(Strategy strategy, Shape scales, Shape grouped) {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(1, ROWS, COLUMNS);

      assertThat(grouping(strategy).scaleShape(ROWS, COLUMNS)).isEqualTo(scales);
      assertThat(Tensors.shape(grouping(strategy).group(weight_RC))).isEqualTo(grouped);
    }
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void matrixComesBackFromItsGroups(Strategy strategy) {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(2, ROWS, COLUMNS);
      Grouping grouping = grouping(strategy);

      Tensor back_RC = grouping.ungroup(grouping.group(weight_RC), ROWS, COLUMNS);

      assertThat(back_RC.shape()).containsExactly(ROWS, COLUMNS);
      assertThat(back_RC.is_contiguous()).isTrue();
      assertThat(Tensors.floats(back_RC)).containsExactly(Tensors.floats(weight_RC));
    }
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void spreadScalesMeetTheElementsThatShareThem(Strategy strategy, Shape scales) {
    try (Scope scope = Scope.open()) {
      Grouping grouping = grouping(strategy);
      float[] numbers = new float[(int) scales.elements()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = i;
      }
      Tensor perScale = Tensors.of(numbers, scales.toArray());
      Tensor zeros_RC = RandomTensors.normal(3, ROWS, COLUMNS).zero_();

      Tensor met_RC =
          grouping.ungroup(grouping.group(zeros_RC).add(Grouping.spread(perScale)), ROWS, COLUMNS);

      float[] met = Tensors.floats(met_RC);
      for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
          assertThat(met[row * COLUMNS + column])
              .as("row %d, column %d", row, column)
              .isEqualTo(scaleIndex(strategy, row, column));
        }
      }
    }
  }

  private static int scaleIndex(Strategy strategy, int row, int column) {
    if (strategy instanceof Strategy.Tensor) {
      return 0;
    }
    if (strategy instanceof Strategy.Block block) {
      int across = (COLUMNS - 1) / block.columns() + 1;
      return row / block.rows() * across + column / block.columns();
    }
    int size =
        strategy instanceof Strategy.Group group
            ? Math.min(group.columns(), COLUMNS)
            : strategy instanceof Strategy.TensorGroup group ? group.columns() : COLUMNS;
    return row * (COLUMNS / size) + column / size;
  }

  @Test
  void blocksAtTheEdgesAreFilledWithZeros() {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = Tensors.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3);

      Tensor grouped = grouping(new Strategy.Block(2, 2)).group(weight_RC);

      assertThat(Tensors.floats(grouped))
          .containsExactly(1, 2, 4, 5, 3, 0, 6, 0, 7, 8, 0, 0, 9, 0, 0, 0);
    }
  }
}
