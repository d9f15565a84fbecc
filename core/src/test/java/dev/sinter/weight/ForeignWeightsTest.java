/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The codes of DeepSeek and of ModelOpt, against the same sums in plain Java. */
class ForeignWeightsTest {
  private static final String MODULE = "model.layers.0.mlp.down_proj";

  @TempDir private Path temp;
  private Random random;

  @BeforeEach
  void seed() {
    random = new Random(7);
  }

  private static FilledCheckpoint model(Json.Obj quantization) {
    return new FilledCheckpoint(
        Json.object(
            "model_type", "deepseek_v3",
            "torch_dtype", "bfloat16",
            "quantization_config", quantization));
  }

  private static FilledCheckpoint modelOpt(String algorithm) {
    return model(Json.object("quant_method", "modelopt", "quant_algo", algorithm));
  }

  private byte[] bytes(int count, IntFunction<Integer> value) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = value.apply(i).byteValue();
    }
    return bytes;
  }

  /** Every float8 but the two that are no numbers. */
  private byte[] float8(int count) {
    return bytes(
        count,
        i -> {
          int magnitude = random.nextInt(127);
          return random.nextBoolean() ? magnitude | 0x80 : magnitude;
        });
  }

  private float[] scales(int count) {
    float[] scales = new float[count];
    for (int i = 0; i < count; i++) {
      scales[i] = (float) Math.exp(random.nextGaussian() - 6);
    }
    return scales;
  }

  /** Code times scale in fp32, rounded to the model's bf16. */
  private static float[] decoded(byte[] codes, IntFunction<Float> scaleOf) {
    float[] expected = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      expected[i] = Reading.bf16(Reading.e4m3(codes[i]) * scaleOf.apply(i));
    }
    return expected;
  }

  @ParameterizedTest
  @CsvSource({"256, 384, 128, 128", "300, 200, 128, 128", "70, 96, 32, 64", "5, 7, 128, 128"})
  void deepSeeksBlocksAreReadAlsoWhereTheyEndWithin(int rows, int columns, int high, int wide)
      throws IOException {
    int down = (rows + high - 1) / high;
    int across = (columns + wide - 1) / wide;
    byte[] codes = float8(rows * columns);
    float[] scales = scales(down * across);
    Checkpoint checkpoint =
        model(
                Json.object(
                    "quant_method", "fp8",
                    "fmt", "e4m3",
                    "activation_scheme", "dynamic",
                    "weight_block_size", List.of(high, wide)))
            .bytes(MODULE + ".weight", DType.F8_E4M3, codes, rows, columns)
            .floats(MODULE + ".weight_scale_inv", DType.F32, scales, down, across)
            .in(temp);

    assertThat(CheckpointWeights.of(checkpoint).modules().get(MODULE).representation())
        .isEqualTo("float8 block, fp8-block-inverse");
    Reading.assertReads(
        checkpoint,
        MODULE,
        decoded(codes, i -> scales[i / columns / high * across + i % columns / wide]));
  }

  @Test
  void deepSeeksBlocksAreOf128WhereTheConfigSaysNothing() throws IOException {
    byte[] codes = float8(130 * 129);
    float[] scales = scales(4);
    Checkpoint checkpoint =
        model(Json.object("quant_method", "fp8"))
            .bytes(MODULE + ".weight", DType.F8_E4M3, codes, 130, 129)
            .floats(MODULE + ".weight_scale_inv", DType.F32, scales, 2, 2)
            .floats("lm_head.weight", DType.BF16, new float[] {1, 2}, 1, 2)
            .in(temp);

    Reading.assertReads(
        checkpoint, MODULE, decoded(codes, i -> scales[i / 129 / 128 * 2 + i % 129 / 128]));
    Reading.assertReads(checkpoint, "lm_head", new float[] {1, 2});
  }

  @Test
  void modelOptsFloat8HasOneScale() throws IOException {
    byte[] codes = float8(40 * 24);
    Checkpoint checkpoint =
        modelOpt("FP8")
            .bytes(MODULE + ".weight", DType.F8_E4M3, codes, 40, 24)
            .floats(MODULE + ".weight_scale", DType.F32, new float[] {0.0375f})
            .floats(MODULE + ".input_scale", DType.F32, new float[] {0.5f})
            .in(temp);

    ModuleSource module = CheckpointWeights.of(checkpoint).modules().get(MODULE);
    assertThat(module.representation()).isEqualTo("float8 tensor, fp8");
    assertThat(module.tensors()).hasSize(3);
    Reading.assertReads(checkpoint, MODULE, decoded(codes, i -> 0.0375f));
  }

  @ParameterizedTest
  @CsvSource({"40", "1"})
  void modelOptsFloat8HasAScaleForEachRow(int trailing) throws IOException {
    byte[] codes = float8(40 * 24);
    float[] scales = scales(40);
    FilledCheckpoint model =
        modelOpt("FP8_PER_CHANNEL_PER_TOKEN")
            .bytes(MODULE + ".weight", DType.F8_E4M3, codes, 40, 24);
    Checkpoint checkpoint =
        (trailing == 1
                ? model.floats(MODULE + ".weight_scale", DType.F32, scales, 40, 1)
                : model.floats(MODULE + ".weight_scale", DType.F32, scales, 40))
            .in(temp);

    Reading.assertReads(checkpoint, MODULE, decoded(codes, i -> scales[i / 24]));
  }

  /** ModelOpt keeps the dimensions of blocks, as ones. */
  @ParameterizedTest
  @CsvSource({"256, 384", "384, 128", "128, 256", "200, 256"})
  void modelOptsFloat8HasAScaleForEachBlock(int rows, int columns) throws IOException {
    int down = (rows + 127) / 128;
    int across = columns / 128;
    byte[] codes = float8(rows * columns);
    float[] scales = scales(down * across);
    Checkpoint checkpoint =
        modelOpt("FP8_PB_WO")
            .bytes(MODULE + ".weight", DType.F8_E4M3, codes, rows, columns)
            .floats(MODULE + ".weight_scale", DType.F32, scales, down, 1, across, 1)
            .in(temp);

    Reading.assertReads(
        checkpoint,
        MODULE,
        decoded(codes, i -> scales[i / columns / 128 * across + i % columns / 128]));
  }

  @Test
  void modelOptsFloat4HasScalesOfGroupsRelativeToAFactor() throws IOException {
    int rows = 48;
    int columns = 64;
    byte[] packed = bytes(rows * columns / 2, i -> random.nextInt(256));
    byte[] scales = bytes(rows * columns / 16, i -> random.nextInt(127));
    float factor = 3.1e-4f;
    Checkpoint checkpoint =
        modelOpt("NVFP4")
            .bytes(MODULE + ".weight", DType.U8, packed, rows, columns / 2)
            .bytes(MODULE + ".weight_scale", DType.F8_E4M3, scales, rows, columns / 16)
            .floats(MODULE + ".weight_scale_2", DType.F32, new float[] {factor})
            .floats(MODULE + ".input_scale", DType.F32, new float[] {0.01f})
            .in(temp);

    float[] expected = new float[rows * columns];
    for (int i = 0; i < expected.length; i++) {
      // The even column lies in the low half of the byte.
      float code = Reading.e2m1((packed[i / 2] >> (4 * (i % 2))) & 0xf);
      expected[i] = Reading.bf16(code * (Reading.e4m3(scales[i / 16]) * factor));
    }
    assertThat(CheckpointWeights.of(checkpoint).modules().get(MODULE).representation())
        .isEqualTo("float4 group 16, modelopt-nvfp4");
    Reading.assertReads(checkpoint, MODULE, expected);
  }

  @Test
  void modelOptsMicroscalingHasExponents() throws IOException {
    int rows = 33;
    int columns = 96;
    byte[] codes = float8(rows * columns);
    byte[] exponents = bytes(rows * columns / 32, i -> 90 + random.nextInt(60));
    Checkpoint checkpoint =
        modelOpt("MXFP8")
            .bytes(MODULE + ".weight", DType.F8_E4M3, codes, rows, columns)
            .bytes(MODULE + ".weight_scale", DType.U8, exponents, rows, columns / 32)
            .in(temp);

    Reading.assertReads(
        checkpoint, MODULE, decoded(codes, i -> Math.scalb(1f, (exponents[i / 32] & 0xff) - 127)));
  }
}
