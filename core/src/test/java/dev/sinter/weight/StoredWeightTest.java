/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.FilledCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dense weights: some rows of a matrix, transposed, and in other types. */
class StoredWeightTest {
  private static final int ROWS = 10;
  private static final int COLUMNS = 3;

  @TempDir private Path temp;
  private Checkpoint checkpoint;

  /** Element (r, c) is 10 r + c. */
  @BeforeEach
  void write() throws IOException {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = 10 * (i / COLUMNS) + i % COLUMNS;
    }
    checkpoint =
        new FilledCheckpoint(Json.object("model_type", "llama"))
            .floats("a.weight", DType.F32, values, ROWS, COLUMNS)
            .in(temp);
  }

  private TensorEntry matrix() {
    return checkpoint.tensor("a.weight").orElseThrow();
  }

  /** Rows of three elements that begin with these. */
  private static float[] rows(float... firsts) {
    float[] elements = new float[firsts.length * COLUMNS];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = firsts[i / COLUMNS] + i % COLUMNS;
    }
    return elements;
  }

  @Test
  void wholeMatrixIsReadByAnyBlocks() throws IOException {
    StoredWeight weight = StoredWeight.of(matrix());

    assertThat(weight.shape()).isEqualTo(Shape.of(10, 3));
    assertThat(weight.bytes()).isEqualTo(120);
    Reading.assertReads(checkpoint, weight, rows(0, 10, 20, 30, 40, 50, 60, 70, 80, 90));
  }

  @Test
  void someRowsAreTheWeight() throws IOException {
    StoredWeight weight = new StoredWeight(matrix(), new Lines(4, 1, 5));

    assertThat(weight.shape()).isEqualTo(Shape.of(5, 3));
    Reading.assertReads(checkpoint, weight, rows(40, 50, 60, 70, 80));
  }

  @Test
  void rowsThatAlternateWithOthersAreTheWeight() throws IOException {
    Reading.assertReads(
        checkpoint, new StoredWeight(matrix(), new Lines(0, 2, 5)), rows(0, 20, 40, 60, 80));
    Reading.assertReads(
        checkpoint, new StoredWeight(matrix(), new Lines(1, 2, 5)), rows(10, 30, 50, 70, 90));
    Reading.assertReads(
        checkpoint, new StoredWeight(matrix(), new Lines(3, 3, 3)), rows(30, 60, 90));
  }

  @Test
  void noRowsAreRead() throws IOException {
    assertThat(Reading.rows(checkpoint, new StoredWeight(matrix(), new Lines(1, 2, 5)), 0, 0))
        .isEmpty();
  }

  @Test
  void rowsOutsideTheMatrixAreRefused() {
    StoredWeight weight = new StoredWeight(matrix(), new Lines(1, 2, 5));
    assertThatThrownBy(() -> Reading.rows(checkpoint, weight, 4, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void tensorOfAnyShapeIsSeenAsMatrix() throws IOException {
    Checkpoint stacked =
        new FilledCheckpoint(Json.object("model_type", "llama"))
            .floats("a.weight", DType.F32, rows(0, 10, 20, 30), 2, 2, 3)
            .in(temp);
    TensorEntry entry = stacked.tensor("a.weight").orElseThrow();

    assertThat(Lines.asMatrix(entry, 3).spec().shape()).isEqualTo(Shape.of(4, 3));
    assertThat(Lines.asMatrix(entry, 0).spec().shape()).isEqualTo(Shape.of(0, 0));
    Reading.assertReads(
        stacked, new StoredWeight(Lines.asMatrix(entry, 3), new Lines(2, 1, 2)), rows(20, 30));
  }

  @Test
  void columnsOfTheStoredMatrixAreTheRows() throws IOException {
    WeightSource weight = TransposedWeight.of(new StoredWeight(matrix(), new Lines(2, 1, 3)));

    assertThat(weight.shape()).isEqualTo(Shape.of(3, 3));
    assertThat(weight.rowBlock()).as("it is read whole").isEqualTo(3);
    assertThat(Reading.whole(checkpoint, weight))
        .containsExactly(20, 30, 40, 21, 31, 41, 22, 32, 42);
    assertThat(Reading.rows(checkpoint, weight, 1, 2)).containsExactly(21, 31, 41, 22, 32, 42);
  }

  @Test
  void someColumnsOfTheStoredMatrixAreTheRows() throws IOException {
    WeightSource rows = new StoredWeight(matrix(), new Lines(0, 5, 2));

    WeightSource outer = new TransposedWeight(rows, new Lines(0, 2, 2));
    assertThat(outer.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(Reading.whole(checkpoint, outer)).containsExactly(0, 50, 2, 52);
    WeightSource last = new TransposedWeight(rows, new Lines(2, 1, 1));
    assertThat(Reading.whole(checkpoint, last)).containsExactly(2, 52);
  }

  @Test
  void typeIsConvertedByBlocks() throws IOException {
    float[] values = {0x1.01p0f, 257, -3.1415927f, 70_000};
    Checkpoint dense =
        new FilledCheckpoint(Json.object("model_type", "llama"))
            .floats("a.weight", DType.F32, values, 4, 1)
            .in(temp);
    WeightSource stored = StoredWeight.of(dense.tensor("a.weight").orElseThrow());
    WeightSource converted = ConvertedWeight.of(stored, DType.BF16);

    assertThat(ConvertedWeight.of(stored, DType.F32)).isSameAs(stored);
    assertThat(converted.bytes()).isEqualTo(8);
    // Eight significant bits, ties to even.
    Reading.assertReads(dense, converted, new float[] {1, 256, -3.140625f, 70_144});
    assertThat(Reading.whole(dense, ConvertedWeight.of(stored, DType.F16)))
        .containsExactly(0x1.01p0f, 257, -3.140625f, Float.POSITIVE_INFINITY);
  }
}
