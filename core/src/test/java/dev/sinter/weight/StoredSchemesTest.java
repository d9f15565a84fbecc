/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint may say of its codes, wherever it says so, and what it may not. */
class StoredSchemesTest {
  private static final String A = "model.layers.0.self_attn.q_proj";
  private static final String QUANTIZATION = "quantization_config";
  private static final String COMPRESSION = "compression_config";
  private static final Json.Obj LLAMA = Json.object("model_type", "llama", "dtype", "bfloat16");

  /** Blocks of 4 rows and 8 columns. */
  private static final Json.Obj BLOCKS =
      Json.object("quant_method", "fp8", "weight_block_size", List.of(4, 8));

  private static final float[] SCALES = {0.5f, 0.25f, 3, 0.0625f};

  @TempDir private Path temp;

  private static Json.Obj compressedTensors(Json.Obj weights, String... targets) {
    Json.Obj group = Json.object("targets", List.of(targets), "weights", weights);
    return Json.object(
        "quant_method", "compressed-tensors", "config_groups", Json.object("group_0", group));
  }

  private static FilledCheckpoint model(Json.Obj quantization) {
    return new FilledCheckpoint(LLAMA.with(QUANTIZATION, quantization));
  }

  private static byte[] bytes(int count, IntFunction<Integer> value) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = value.apply(i).byteValue();
    }
    return bytes;
  }

  /** Float8 that are numbers. */
  private static byte[] float8(int count) {
    return bytes(count, i -> i * 5 % 127 | (i % 3 == 0 ? 0x80 : 0));
  }

  private static FilledCheckpoint blocks(FilledCheckpoint model, DType scaleType) {
    return model
        .bytes(A + ".weight", DType.F8_E4M3, float8(8 * 16), 8, 16)
        .floats(A + ".weight_scale_inv", scaleType, SCALES, 2, 2);
  }

  private static float[] decodedBlocks() {
    byte[] codes = float8(8 * 16);
    float[] expected = new float[codes.length];
    for (int i = 0; i < expected.length; i++) {
      float scale = SCALES[i / 16 / 4 * 2 + i % 16 / 8];
      expected[i] = Reading.bf16(Reading.e4m3(codes[i]) * scale);
    }
    return expected;
  }

  private List<String> problems(FilledCheckpoint model) throws IOException {
    return CheckpointWeights.of(model.in(temp)).problems();
  }

  /** A model of which no weight is in codes. */
  private List<String> problems(Json.Obj quantization) throws IOException {
    return problems(model(quantization).random("lm_head.weight", DType.BF16, 4, 8));
  }

  @ParameterizedTest
  @ValueSource(strings = {QUANTIZATION, COMPRESSION})
  void configStandsUnderEitherNameAlsoInThatOfTheLanguageModel(String key) throws IOException {
    Json.Obj text = Json.object("hidden_size", 16);
    Json.Obj top = LLAMA.with("text_config", text).with(key, BLOCKS);
    Json.Obj nested = LLAMA.with("text_config", text.with(key, BLOCKS));
    for (Json.Obj config : List.of(top, nested)) {
      Checkpoint checkpoint = blocks(new FilledCheckpoint(config), DType.F32).in(temp);

      assertThat(CheckpointWeights.of(checkpoint).problems()).isEmpty();
      Reading.assertReads(checkpoint, A, decodedBlocks());
      assertThat(CheckpointWeights.withoutCodes(config)).isEqualTo(LLAMA.with("text_config", text));
    }
  }

  @Test
  void fileOfModelOptAloneTellsThatItWroteTheCodes() throws IOException {
    byte[] codes = float8(6 * 8);
    FilledCheckpoint model =
        new FilledCheckpoint(LLAMA)
            .bytes(A + ".weight", DType.F8_E4M3, codes, 6, 8)
            .floats(A + ".weight_scale", DType.F32, new float[] {0.75f});
    assertThat(problems(model))
        .singleElement()
        .asString()
        .startsWith("2 tensors, such as " + A + ".weight");

    Files.writeString(temp.resolve("hf_quant_config.json"), "{}");
    Checkpoint checkpoint = new TensorFolder(temp).open();

    assertThat(CheckpointWeights.of(checkpoint).problems()).isEmpty();
    float[] expected = new float[codes.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Reading.bf16(Reading.e4m3(codes[i]) * 0.75f);
    }
    Reading.assertReads(checkpoint, A, expected);
  }

  @ParameterizedTest
  @CsvSource({"F32", "BF16", "F16"})
  void scalesOfBlocksMayBeOfAnyDenseType(DType scaleType) throws IOException {
    Reading.assertReads(blocks(model(BLOCKS), scaleType).in(temp), A, decodedBlocks());
  }

  private static FilledCheckpoint packed(DType shapeType, long rows, long columns) {
    ByteBuffer shape = ByteBuffer.allocate(2 * shapeType.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (long size : new long[] {rows, columns}) {
      if (shapeType == DType.I64) {
        shape.putLong(size);
      } else {
        shape.putInt((int) size);
      }
    }
    return model(compressedTensors(Json.object("num_bits", 8, "strategy", "channel"), "Linear"))
        // Four codes in a word, each with 128 added.
        .bytes(A + ".weight_packed", DType.I32, bytes(3 * 8, i -> 11 * i), 3, 2)
        .floats(A + ".weight_scale", DType.BF16, new float[] {0.5f, 0.25f, 3}, 3, 1)
        .bytes(A + ".weight_shape", shapeType, shape.array(), 2);
  }

  @ParameterizedTest
  @CsvSource({"I64", "I32"})
  void shapeMayBeOfEitherIntegerType(DType shapeType) throws IOException {
    float[] expected = new float[3 * 8];
    for (int i = 0; i < expected.length; i++) {
      float scale = new float[] {0.5f, 0.25f, 3}[i / 8];
      expected[i] = Reading.bf16(((11 * i & 0xff) - 128) * scale);
    }
    Reading.assertReads(packed(shapeType, 3, 8).in(temp), A, expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "3, -8",
    "-3, -8",
    "1099511627776, 1099511627776",
    "9223372036854775807, 2",
  })
  void shapeThatTheCodesCannotHaveIsRefused(long rows, long columns) throws IOException {
    assertThat(problems(packed(DType.I64, rows, columns)))
        .containsExactly(
            A
                + ".weight_packed cannot be read: "
                + A
                + ".weight_shape does not state the rows and columns of a matrix of that many codes");
  }

  @ParameterizedTest
  @CsvSource({"2, 8", "3, 16", "3, 4", "8, 3"})
  void shapeOfOtherCodesIsRefused(long rows, long columns) throws IOException {
    assertThat(problems(packed(DType.I64, rows, columns)))
        .singleElement()
        .asString()
        .startsWith(A + ".weight_packed cannot be read: ")
        .contains(" is expected");
  }

  @Test
  void olderFloat4TellsTheTypeOfItsScalesByItsGroups() throws IOException {
    Random random = new Random(5);
    byte[] codes = bytes(4 * 16, i -> random.nextInt(256));
    byte[] scales = bytes(4 * 2, i -> 1 + random.nextInt(126));
    Json.Obj weights =
        Json.object("num_bits", 4, "type", "float", "strategy", "tensor_group", "group_size", 16);
    Checkpoint checkpoint =
        model(compressedTensors(weights, "Linear"))
            .bytes(A + ".weight_packed", DType.U8, codes, 4, 16)
            .bytes(A + ".weight_scale", DType.F8_E4M3, scales, 4, 2)
            .floats(A + ".weight_global_scale", DType.F32, new float[] {384}, 1)
            .in(temp);

    float[] expected = new float[4 * 32];
    for (int i = 0; i < expected.length; i++) {
      // The even column lies in the low half of the byte.
      float code = Reading.e2m1((codes[i / 2] >> (4 * (i % 2))) & 0xf);
      expected[i] = Reading.bf16(code * (Reading.e4m3(scales[i / 16]) / 384));
    }
    assertThat(CheckpointWeights.of(checkpoint).modules().get(A).representation())
        .isEqualTo("float4 tensor_group 16, nvfp4-pack-quantized");
    Reading.assertReads(checkpoint, A, expected);
  }

  @Test
  void rotationsAtRunTimeAreRefused() throws IOException {
    Json.Obj config =
        compressedTensors(Json.object("num_bits", 8, "strategy", "channel"), "Linear");
    Json.Obj rotations = Json.object("R1", Json.object("type", "hadamard"));

    assertThat(problems(config.with("transform_config", Json.object("config_groups", rotations))))
        .containsExactly(
            "config.json: the model's transform_config rotates inputs at run time, which is not read"
                + " by this version");
    assertThat(problems(config.with("transform_config", Json.object()))).isEmpty();
    assertThat(
            problems(config.with("transform_config", Json.object("config_groups", Json.object()))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0, 128]",
        "[128, -1]",
        "[2147483647, 128]",
        "[128, 99999999999999999999]",
        "[65537, 1]",
        "[128]",
        "[1.5, 2]",
        "128",
      })
  void blocksMustHaveSizes(String sizes) throws IOException {
    Json.Obj config =
        TestData.json(
            ("{\"quant_method\": \"fp8\", \"weight_block_size\": " + sizes + "}")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(problems(config))
        .containsExactly(
            "config.json: weight_block_size must be two sizes from 1 to 65536, such as [128, 128]");
  }

  @Test
  void targetThatIsNoExpressionIsRefused() throws IOException {
    assertThat(
            problems(
                compressedTensors(
                    Json.object("num_bits", 8, "strategy", "channel"), "re:((", "Linear")))
        .singleElement()
        .asString()
        .startsWith(
            "config.json: quantization_config.config_groups.group_0: targets: re:(( is no regular"
                + " expression: ");
  }

  @Test
  void codesThatAreNoMatrixAreRefused() throws IOException {
    assertThat(
            problems(
                model(BLOCKS)
                    .bytes(A + ".weight", DType.F8_E4M3, float8(8), 8)
                    .floats(A + ".weight_scale_inv", DType.F32, new float[] {1}, 1)))
        .containsExactly(A + ".weight cannot be read: its shape [8] is that of no matrix");
  }
}
