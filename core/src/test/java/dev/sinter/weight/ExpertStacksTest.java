/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.FilledCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rows or columns of a stack are an expert's gate, up and down. */
class ExpertStacksTest {
  private static final String EXPERTS = "model.layers.0.mlp.experts.";
  private static final int COUNT = 3;
  private static final int HIDDEN = 8;
  private static final int INNER = 6;

  @TempDir private Path temp;

  private static Json.Obj config(String family) {
    return Json.object("model_type", family, "hidden_size", HIDDEN, "dtype", "float32");
  }

  /** Element (e, a, b) is 10000 e + 100 a + b. */
  private static FilledCheckpoint stack(FilledCheckpoint model, String name, int down, int across) {
    float[] values = new float[COUNT * down * across];
    for (int i = 0; i < values.length; i++) {
      int row = i / across;
      values[i] = 10_000 * (row / down) + 100 * (row % down) + i % across;
    }
    return model.floats(EXPERTS + name, DType.F32, values, COUNT, down, across);
  }

  /** What an expert's matrix is: element (r, c) lies at (a, b) of the stack. */
  private interface Place {
    int at(int row, int column);
  }

  private static void assertExperts(Checkpoint checkpoint, String matrix, Shape shape, Place place)
      throws IOException {
    for (int expert = 0; expert < COUNT; expert++) {
      int columns = (int) shape.dimension(1);
      float[] expected = new float[(int) shape.elements()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = 10_000f * expert + place.at(i / columns, i % columns);
      }
      String module = EXPERTS + expert + "." + matrix;
      WeightSource weight = CheckpointWeights.of(checkpoint).modules().get(module).weight();
      assertThat(weight.shape()).as(module).isEqualTo(shape);
      Reading.assertReads(checkpoint, weight, expected);
    }
  }

  @Test
  void gateAndUpAlternateInColumnsOfGptOss() throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config("gpt_oss"));
    stack(model, "gate_up_proj", HIDDEN, 2 * INNER);
    Checkpoint checkpoint = stack(model, "down_proj", INNER, HIDDEN).in(temp);

    Shape inner = Shape.of(INNER, HIDDEN);
    assertExperts(checkpoint, "gate_proj", inner, (row, column) -> 100 * column + 2 * row);
    assertExperts(checkpoint, "up_proj", inner, (row, column) -> 100 * column + 2 * row + 1);
    assertExperts(
        checkpoint, "down_proj", Shape.of(HIDDEN, INNER), (row, column) -> 100 * column + row);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama4", "llama4_text", "qwen3_vl_moe"})
  void gateIsTheFirstHalfOfTheColumnsOfLlama4(String family) throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config(family));
    stack(model, "gate_up_proj", HIDDEN, 2 * INNER);
    Checkpoint checkpoint = stack(model, "down_proj", INNER, HIDDEN).in(temp);

    Shape inner = Shape.of(INNER, HIDDEN);
    assertExperts(checkpoint, "gate_proj", inner, (row, column) -> 100 * column + row);
    assertExperts(checkpoint, "up_proj", inner, (row, column) -> 100 * column + INNER + row);
    assertExperts(
        checkpoint, "down_proj", Shape.of(HIDDEN, INNER), (row, column) -> 100 * column + row);
  }

  @ParameterizedTest
  @CsvSource({"''", ".weight"})
  void sizesTellThatExpertsAreRows(String suffix) throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config("some_moe"));
    stack(model, "gate_up_proj" + suffix, 2 * INNER, HIDDEN);
    Checkpoint checkpoint = stack(model, "down_proj" + suffix, HIDDEN, INNER).in(temp);

    Shape inner = Shape.of(INNER, HIDDEN);
    assertExperts(checkpoint, "gate_proj", inner, (row, column) -> 100 * row + column);
    assertExperts(checkpoint, "up_proj", inner, (row, column) -> 100 * (INNER + row) + column);
    assertExperts(
        checkpoint, "down_proj", Shape.of(HIDDEN, INNER), (row, column) -> 100 * row + column);
  }

  @Test
  void sizesGoBeforeTheFamily() throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config("qwen3_vl_moe"));
    stack(model, "gate_up_proj", 2 * INNER, HIDDEN);
    Checkpoint checkpoint = stack(model, "down_proj", HIDDEN, INNER).in(temp);

    Shape inner = Shape.of(INNER, HIDDEN);
    assertExperts(checkpoint, "gate_proj", inner, (row, column) -> 100 * row + column);
    assertExperts(checkpoint, "up_proj", inner, (row, column) -> 100 * (INNER + row) + column);
    assertExperts(
        checkpoint, "down_proj", Shape.of(HIDDEN, INNER), (row, column) -> 100 * row + column);
  }

  @ParameterizedTest
  @ValueSource(strings = {"some_moe", "qwen3_vl_moe"})
  void squareStackFollowsTheOtherOfItsExperts(String family) throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config(family));
    stack(model, "gate_up_proj", 2 * HIDDEN, HIDDEN);
    Checkpoint asRows = stack(model, "down_proj", HIDDEN, HIDDEN).in(temp);

    Shape square = Shape.of(HIDDEN, HIDDEN);
    assertExperts(asRows, "up_proj", square, (row, column) -> 100 * (HIDDEN + row) + column);
    assertExperts(asRows, "down_proj", square, (row, column) -> 100 * row + column);

    Checkpoint asColumns = stack(model, "gate_up_proj", HIDDEN, 2 * HIDDEN).in(temp);

    assertExperts(asColumns, "up_proj", square, (row, column) -> 100 * column + HIDDEN + row);
    assertExperts(asColumns, "down_proj", square, (row, column) -> 100 * column + row);
  }

  @Test
  void squareStackOfGatesAndUpsFollowsThatOfDowns() throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config("gpt_oss"));
    stack(model, "gate_up_proj", HIDDEN, HIDDEN);
    Checkpoint checkpoint = stack(model, "down_proj", HIDDEN, HIDDEN / 2).in(temp);

    // Gates and ups alternate by the family, among the rows by the sizes.
    assertExperts(
        checkpoint,
        "gate_proj",
        Shape.of(HIDDEN / 2, HIDDEN),
        (row, column) -> 100 * (2 * row) + column);
  }

  @Test
  void sizesTellThatExpertsAreColumnsAndGateAndUpMayStandApart() throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config("some_moe"));
    stack(model, "gate_proj", HIDDEN, INNER);
    Checkpoint checkpoint = stack(model, "up_proj", INNER, HIDDEN).in(temp);

    Shape inner = Shape.of(INNER, HIDDEN);
    assertExperts(checkpoint, "gate_proj", inner, (row, column) -> 100 * column + row);
    assertExperts(checkpoint, "up_proj", inner, (row, column) -> 100 * row + column);
  }

  @Test
  void sizeOfTheLanguageModelOfALargerOneCounts() throws IOException {
    Json.Obj config =
        Json.object("model_type", "some_vl", "text_config", Json.object("hidden_size", HIDDEN));
    Checkpoint checkpoint =
        stack(new FilledCheckpoint(config), "down_proj", HIDDEN, INNER).in(temp);

    assertExperts(
        checkpoint, "down_proj", Shape.of(HIDDEN, INNER), (row, column) -> 100 * row + column);
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "5, 7", "16, 6"})
  void sizesThatTellNothingMakeNoStack(int down, int across) throws IOException {
    Checkpoint checkpoint =
        stack(new FilledCheckpoint(config("some_moe")), "gate_up_proj", down, across).in(temp);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);

    assertThat(weights.stacks()).isEmpty();
    assertThat(weights.modules()).isEmpty();
    assertThat(weights.stackOfTensor(EXPERTS + "gate_up_proj")).isEmpty();
  }

  @Test
  void biasesFollowTheMatrices() throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config("gpt_oss"));
    stack(model, "gate_up_proj", HIDDEN, 2 * INNER);
    float[] biases = new float[COUNT * 2 * INNER];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = 100 * (i / (2 * INNER)) + i % (2 * INNER);
    }
    Checkpoint checkpoint =
        model.floats(EXPERTS + "gate_up_proj_bias", DType.F32, biases, COUNT, 2 * INNER).in(temp);
    ExpertStack stack =
        CheckpointWeights.of(checkpoint).stackOfTensor(EXPERTS + "gate_up_proj_bias").orElseThrow();

    assertThat(stack.whole().spec().name()).isEqualTo(EXPERTS + "gate_up_proj");
    assertThat(stack.biasTensors()).containsExactly(EXPERTS + "gate_up_proj_bias");
    assertThat(stack.biases()).hasSize(2 * COUNT);
    for (int expert = 0; expert < COUNT; expert++) {
      float top = 100 * expert;
      DenseTensor gate = stack.biases().get(2 * expert);
      DenseTensor up = stack.biases().get(2 * expert + 1);
      assertThat(gate.spec().name()).isEqualTo(EXPERTS + expert + ".gate_proj.bias");
      assertThat(gate.spec().shape()).isEqualTo(Shape.of(INNER));
      assertThat(floats(checkpoint, gate))
          .containsExactly(top, top + 2, top + 4, top + 6, top + 8, top + 10);
      assertThat(up.spec().name()).isEqualTo(EXPERTS + expert + ".up_proj.bias");
      assertThat(floats(checkpoint, up))
          .containsExactly(top + 1, top + 3, top + 5, top + 7, top + 9, top + 11);
    }
  }

  private static float[] floats(Checkpoint checkpoint, DenseTensor tensor) throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(checkpoint.store())) {
      WeightSource only = tensor.matrices().get(0);
      assertThat(tensor.matrices()).hasSize(1);
      return Tensors.floats(only.rows(reader, 0, only.rows()));
    }
  }

  @Test
  void stackIsOneDenseTensorToo() throws IOException {
    FilledCheckpoint model = new FilledCheckpoint(config("gpt_oss"));
    Checkpoint checkpoint = stack(model, "down_proj", INNER, HIDDEN).in(temp);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);
    ExpertStack stack = weights.stacks().get(EXPERTS + "down_proj");

    assertThat(stack.whole().spec())
        .isEqualTo(checkpoint.tensor(EXPERTS + "down_proj").orElseThrow().spec());
    assertThat(stack.tensors()).containsExactly(EXPERTS + "down_proj");
    assertThat(stack.biases()).isEmpty();
    assertThat(stack.experts())
        .extracting(ModuleSource::module)
        .containsExactly(EXPERTS + "0.down_proj", EXPERTS + "1.down_proj", EXPERTS + "2.down_proj");
    assertThat(stack.experts())
        .allSatisfy(
            expert -> {
              assertThat(expert.isDense()).isTrue();
              assertThat(expert.storedBytes()).isEqualTo(4L * INNER * HIDDEN);
              assertThat(expert.bits()).isEqualTo(32);
            });
    assertThat(weights.hasCodes()).isFalse();
  }
}
