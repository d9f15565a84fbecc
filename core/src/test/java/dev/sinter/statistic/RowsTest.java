/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows come out as they went in. */
class RowsTest {
  private static List<Part> parts(Statistic rows) {
    List<Part> parts = new ArrayList<>();
    rows.parts().forEachRemaining(parts::add);
    return parts;
  }

  @Test
  void everyMicroBatchIsHandedOutOnce() {
    try (Scope scope = Scope.open();
        Statistic rows = new StatisticType.AllRows(DType.BF16).empty(2)) {
      rows.observe(Tensors.to(Tensors.of(new float[] {1, 2, 3, 4}, 2, 2), DType.BF16), 5);
      List<Part> first = parts(rows);
      rows.observe(Tensors.empty(DType.BF16, Shape.of(0, 2)), 1);
      rows.observe(Tensors.to(Tensors.of(new float[] {7, 8}, 1, 2), DType.BF16), 3);
      List<Part> behind = parts(rows);

      assertThat(first).hasSize(1);
      assertThat(first.get(0).values()).containsExactly(1, 2, 3, 4);
      assertThat(first.get(0).sequences()).isEqualTo(5);
      assertThat(behind).extracting(Part::row).as("micro-batches").containsExactly(1, 2);
      assertThat(behind.get(0).values()).isEmpty();
      assertThat(behind.get(1).values()).containsExactly(7, 8);
      assertThat(parts(rows)).isEmpty();
    }
  }

  @Test
  void manyRowsComeInSeveralParts() {
    int channels = 1 << 18;
    float[] values = new float[5 * channels];
    values[4 * channels] = 9;
    try (Scope scope = Scope.open();
        Statistic rows = new StatisticType.AllRows(DType.F32).empty(channels)) {
      rows.observe(Tensors.of(values, 5, channels), 1);
      List<Part> parts = parts(rows);

      assertThat(parts).extracting(Part::column).containsExactly(0, 1);
      assertThat(parts)
          .extracting(part -> part.values().length)
          .containsExactly(4 * channels, channels);
      assertThat(parts.get(1).values()[0]).isEqualTo(9);
    }
  }

  @Test
  void rowsOfAnotherTypeAreRefused() {
    try (Scope scope = Scope.open();
        Statistic rows = new StatisticType.AllRows(DType.BF16).empty(2)) {
      assertThatThrownBy(() -> rows.observe(Tensors.of(new float[] {1, 2}, 1, 2), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Rows of F32 in place of BF16");
    }
  }
}
