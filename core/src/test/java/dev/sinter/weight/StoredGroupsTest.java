/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Modules of several groups are read by the group that they were written by. */
class StoredGroupsTest {
  private static final String UP = "model.layers.0.mlp.up_proj";
  private static final String DOWN = "model.layers.0.mlp.down_proj";
  private static final String EMBEDDING = "model.embed_tokens";
  private static final int SIZE = 64;

  @TempDir private Path temp;

  @BeforeEach
  void write() throws IOException {
    new FilledCheckpoint(
            Json.object("model_type", "llama", "dtype", "bfloat16", "tie_word_embeddings", false))
        .random(UP + ".weight", DType.BF16, SIZE, SIZE)
        .random(DOWN + ".weight", DType.BF16, SIZE, SIZE)
        .random(EMBEDDING + ".weight", DType.BF16, SIZE, SIZE)
        .random("lm_head.weight", DType.BF16, SIZE, SIZE)
        .in(temp.resolve("model"));
  }

  private TensorFolder codes(String groups) throws IOException {
    Runs.rounded(temp.resolve("model"), temp.resolve("codes"), "config_groups: {" + groups + "}");
    return new TensorFolder(temp.resolve("codes"));
  }

  private static IntBuffer words(TensorFolder folder, String tensor) throws IOException {
    return ByteBuffer.wrap(folder.bytes(tensor)).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
  }

  /** Unpacked, less the zero point, times the scale, in plain Java. */
  private static float[] decoded(TensorFolder codes, String module, int bits, int groupColumns)
      throws IOException {
    IntBuffer packed = words(codes, module + ".weight_packed");
    float[] scales = codes.floats(module + ".weight_scale");
    boolean symmetric = !codes.tensors().containsKey(module + ".weight_zero_point");
    int perWord = Integer.SIZE / bits;
    int mask = (1 << bits) - 1;
    int groups = SIZE / groupColumns;
    float[] decoded = new float[SIZE * SIZE];
    for (int i = 0; i < decoded.length; i++) {
      int row = i / SIZE;
      int group = i % SIZE / groupColumns;
      int code = (packed.get(i / perWord) >>> (bits * (i % perWord))) & mask;
      int zero = 1 << (bits - 1);
      if (!symmetric) {
        IntBuffer zeros = words(codes, module + ".weight_zero_point");
        int word = zeros.get(row / perWord * groups + group);
        zero = (word >>> (bits * (row % perWord))) & mask;
      }
      decoded[i] = Reading.bf16((code - zero) * scales[row * groups + group]);
    }
    return decoded;
  }

  private void assertDense(TensorFolder codes, String module, float[] expected) throws IOException {
    Reading.assertReads(codes.open(), module, expected);
    Decompression.of(codes.path(), temp.resolve("dense"));
    TensorFolder dense = new TensorFolder(temp.resolve("dense"));
    assertThat(dense.floats(module + ".weight")).as(module).isEqualTo(expected);
    assertThat(dense.tensors()).doesNotContainKey(module + ".weight_zero_point");
  }

  /** Either expression means the module; the first by name decides, wherever it stands. */
  @ParameterizedTest
  @ValueSource(strings = {"ab", "ba"})
  void ofTwoExpressionsTheFirstByNameDecidesOnWritingAndOnReading(String order) throws IOException {
    String mlp = ": {targets: ['re:.*mlp.*'], weights: {num_bits: 4, group_size: 32}}";
    String down =
        ": {targets: ['re:.*down_proj'],"
            + " weights: {num_bits: 4, group_size: 32, symmetric: false}}";
    TensorFolder codes = codes(order.charAt(0) + mlp + ", " + order.charAt(1) + down);

    assertThat(codes.tensors())
        .containsKey(DOWN + ".weight_zero_point")
        .containsKey(UP + ".weight_packed")
        .doesNotContainKey(UP + ".weight_zero_point");
    assertThat(CheckpointWeights.of(codes.open()).problems()).isEmpty();
    assertDense(codes, UP, decoded(codes, UP, 4, 32));
  }

  @ParameterizedTest
  @ValueSource(strings = {UP, DOWN})
  void modulesOfTwoExpressionsStandForTheirCodes(String module) throws IOException {
    TensorFolder codes =
        codes(
            "a: {targets: ['re:.*mlp.*'], weights: {num_bits: 4, group_size: 32}},"
                + " b: {targets: ['re:.*down_proj'],"
                + " weights: {num_bits: 4, group_size: 16, symmetric: false}}");

    assertDense(codes, module, decoded(codes, module, 4, module.equals(DOWN) ? 16 : 32));
  }

  @ParameterizedTest
  @ValueSource(strings = {UP, EMBEDDING})
  void groupsOfTwoClassesAreToldApart(String module) throws IOException {
    TensorFolder codes =
        codes(
            "a: {targets: [Linear], weights: {num_bits: 4, group_size: 32}},"
                + " b: {targets: [Embedding], weights: {num_bits: 8, strategy: channel}}");

    CheckpointWeights weights = CheckpointWeights.of(codes.open());
    assertThat(weights.modules().get(UP).representation())
        .isEqualTo("int4 group 32, pack-quantized");
    assertThat(weights.modules().get(EMBEDDING).representation())
        .isEqualTo("int8 channel, pack-quantized");
    assertThat(weights.modules().get("lm_head").isDense()).isTrue();
    assertDense(
        codes,
        module,
        module.equals(UP) ? decoded(codes, UP, 4, 32) : decoded(codes, EMBEDDING, 8, SIZE));
  }

  @Test
  void exactNameGoesBeforeAnExpressionAndThatBeforeAClass() throws IOException {
    TensorFolder codes =
        codes(
            "a: {targets: [Linear], weights: {num_bits: 8, strategy: channel}},"
                + " b: {targets: ['re:.*mlp'], weights: {num_bits: 4, group_size: 32}},"
                + " c: {targets: ['"
                + UP
                + "'], weights: {num_bits: 4, group_size: 16}}");

    CheckpointWeights weights = CheckpointWeights.of(codes.open());
    assertThat(weights.modules().get(UP).representation())
        .isEqualTo("int4 group 16, pack-quantized");
    assertThat(weights.modules().get(DOWN).representation())
        .isEqualTo("int4 group 32, pack-quantized");
    assertDense(codes, UP, decoded(codes, UP, 4, 16));
  }
}
