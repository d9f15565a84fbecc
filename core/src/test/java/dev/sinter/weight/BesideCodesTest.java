/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands beside codes is part of them, or means nothing, or is refused. */
class BesideCodesTest {
  private static final String A = "model.layers.0.self_attn.q_proj";
  private static final int ROWS = 40;
  private static final int COLUMNS = 32;
  private static final int GROUPS = 4;
  private static final int WIDTH = COLUMNS / GROUPS;

  @TempDir private Path temp;

  private static byte[] codes() {
    byte[] codes = new byte[ROWS * COLUMNS];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (37 * i + i / COLUMNS);
    }
    return codes;
  }

  /** Of eight significant bits, so that they are what is stored. */
  private static float scale(int row, int group) {
    return (1 + row + ROWS * group) / 256f;
  }

  /** Symmetric codes of eight bits in groups of columns. */
  private static FilledCheckpoint symmetric(String actorder) {
    float[] scales = new float[ROWS * GROUPS];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = scale(i / GROUPS, i % GROUPS);
    }
    Json.Obj weights =
        Json.object("num_bits", 8, "strategy", "group", "group_size", WIDTH, "actorder", actorder);
    Json.Obj group =
        Json.object("targets", List.of("Linear"), "format", "int-quantized", "weights", weights);
    return new FilledCheckpoint(
            Json.object(
                "model_type", "llama",
                "dtype", "bfloat16",
                "quantization_config",
                    Json.object(
                        "quant_method",
                        "compressed-tensors",
                        "config_groups",
                        Json.object("group_0", group))))
        .bytes(A + ".weight", DType.I8, codes(), ROWS, COLUMNS)
        .floats(A + ".weight_scale", DType.BF16, scales, ROWS, GROUPS);
  }

  private static FilledCheckpoint indexed(String actorder, IntUnaryOperator groupOfColumn) {
    ByteBuffer index = ByteBuffer.allocate(COLUMNS * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.range(0, COLUMNS).map(groupOfColumn).forEach(index::putInt);
    return symmetric(actorder).bytes(A + ".weight_g_idx", DType.I32, index.array(), COLUMNS);
  }

  private static float[] decoded(IntUnaryOperator groupOfColumn) {
    byte[] codes = codes();
    float[] expected = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      int group = groupOfColumn.applyAsInt(i % COLUMNS);
      expected[i] = Reading.bf16(codes[i] * scale(i / COLUMNS, group));
    }
    return expected;
  }

  private void assertReads(FilledCheckpoint model, IntUnaryOperator groupOfColumn)
      throws IOException {
    Checkpoint checkpoint = model.in(temp);
    assertThat(CheckpointWeights.of(checkpoint).problems()).isEmpty();
    Reading.assertReads(checkpoint, A, decoded(groupOfColumn));
  }

  private void assertRefused(FilledCheckpoint model, String reason) throws IOException {
    CheckpointWeights weights = CheckpointWeights.of(model.in(temp));
    assertThat(weights.problems()).containsExactly(A + ".weight cannot be read: " + reason);
    assertThat(weights.modules()).doesNotContainKey(A);
  }

  @Test
  void zeroPointsOfZerosBesideSymmetricCodesMeanNothing() throws IOException {
    assertReads(
        symmetric(null)
            .bytes(A + ".weight_zero_point", DType.I8, new byte[ROWS * GROUPS], ROWS, GROUPS),
        column -> column / WIDTH);
  }

  @Test
  void zeroPointsBesideSymmetricCodesAreRefused() throws IOException {
    byte[] zeros = new byte[ROWS * GROUPS];
    zeros[zeros.length - 1] = 1;
    assertRefused(
        symmetric(null).bytes(A + ".weight_zero_point", DType.I8, zeros, ROWS, GROUPS),
        A + ".weight_zero_point is not zero, and config.json says that codes are symmetric");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "static", "group"})
  void indexThatIsUnsetOrInOrderIsTheOrderOfColumns(String actorder) throws IOException {
    String stated = actorder.equals("none") ? null : actorder;
    assertReads(indexed(stated, column -> -1), column -> column / WIDTH);
    assertReads(indexed(stated, column -> column / WIDTH), column -> column / WIDTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "static", "group"})
  void indexOutOfOrderTellsTheGroupOfEachColumn(String actorder) throws IOException {
    IntUnaryOperator permuted = column -> 7 * column % COLUMNS / WIDTH;
    assertReads(indexed(actorder.equals("none") ? null : actorder, permuted), permuted);
  }

  @ParameterizedTest
  @CsvSource({"4", "-2", "2147483647"})
  void indexOfAGroupThatIsNotThereIsRefused(int group) throws IOException {
    assertRefused(
        indexed(null, column -> column == 9 ? group : column / WIDTH),
        A + ".weight_g_idx names group " + group + " of 4");
  }

  @Test
  void indexOfOtherColumnsIsRefused() throws IOException {
    assertThat(
            CheckpointWeights.of(
                    symmetric(null)
                        .bytes(A + ".weight_g_idx", DType.I32, new byte[4 * WIDTH], WIDTH)
                        .in(temp))
                .problems())
        .containsExactly(
            A
                + ".weight cannot be read: "
                + A
                + ".weight_g_idx does not name a group for each column");
  }

  @Test
  void scalesOfActivationsMeanNothingForTheWeight() throws IOException {
    assertReads(
        symmetric(null)
            .floats(A + ".input_scale", DType.F32, new float[] {3}, 1)
            .floats(A + ".output_scale", DType.F32, new float[] {3}, 1),
        column -> column / WIDTH);
  }

  @Test
  void scaleByWhichInputsAreToBeMultipliedIsRefused() throws IOException {
    FilledCheckpoint model =
        new FilledCheckpoint(
                Json.object(
                    "model_type",
                    "llama",
                    "quantization_config",
                    Json.object("quant_method", "modelopt", "quant_algo", "NVFP4_AWQ")))
            .bytes(A + ".weight", DType.U8, new byte[4 * 16], 4, 16)
            .bytes(A + ".weight_scale", DType.F8_E4M3, new byte[4 * 2], 4, 2)
            .floats(A + ".weight_scale_2", DType.F32, new float[] {1})
            .floats(A + ".pre_quant_scale", DType.BF16, new float[32], 32);

    assertRefused(
        model, A + ".pre_quant_scale stands beside codes, and what it means is not known here");
    assertThat(CheckpointWeights.of(model.without(A + ".pre_quant_scale").in(temp)).problems())
        .isEmpty();
  }
}
