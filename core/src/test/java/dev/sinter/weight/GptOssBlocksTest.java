/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.SmallCheckpoint;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GPT-OSS's MXFP4 is read as Transformers dequantizes it; make.py says how that was made. */
class GptOssBlocksTest {
  private static final Path MODEL = TestData.golden().resolve("mxfp4-experts");
  private static final TensorFolder EXPECTED = new TensorFolder(MODEL.resolve("expected"));
  private static final String EXPERTS = "model.layers.0.mlp.experts.";

  @TempDir private Path temp;

  /** Activations and outputs of an expert's matrices. */
  @ParameterizedTest
  @CsvSource({
    "gate_up_proj, gate_proj, 64, 64, 0, 2",
    "gate_up_proj, up_proj,   64, 64, 1, 2",
    "down_proj,    down_proj, 32, 64, 0, 1",
  })
  void expertsAreTheColumnsOfWhatTransformersDequantizes(
      String stack, String matrix, int inputs, int outputs, int first, int step)
      throws IOException {
    Checkpoint checkpoint = new TensorFolder(MODEL).open();
    float[] whole_EIO = EXPECTED.floats(EXPERTS + stack);
    for (int expert = 0; expert < 2; expert++) {
      float[] expected = new float[outputs / step * inputs];
      for (int i = 0; i < expected.length; i++) {
        int output = first + step * (i / inputs);
        expected[i] = whole_EIO[(expert * inputs + i % inputs) * outputs + output];
      }
      Reading.assertReads(checkpoint, EXPERTS + expert + "." + matrix, expected);
    }
  }

  @Test
  void modulesAndStacksAreNamed() throws IOException {
    CheckpointWeights weights = CheckpointWeights.of(new TensorFolder(MODEL).open());

    assertThat(weights.modules().keySet())
        .containsExactlyInAnyOrder(
            "model.layers.0.mlp.router",
            EXPERTS + "0.gate_proj",
            EXPERTS + "0.up_proj",
            EXPERTS + "0.down_proj",
            EXPERTS + "1.gate_proj",
            EXPERTS + "1.up_proj",
            EXPERTS + "1.down_proj");
    assertThat(weights.stacks().keySet())
        .containsExactlyInAnyOrder(EXPERTS + "gate_up_proj", EXPERTS + "down_proj");
    assertThat(weights.stacks().get(EXPERTS + "gate_up_proj").tensors())
        .containsExactlyInAnyOrder(
            EXPERTS + "gate_up_proj_blocks", EXPERTS + "gate_up_proj_scales");
    ModuleSource gate = weights.modules().get(EXPERTS + "1.gate_proj");
    assertThat(gate.representation()).isEqualTo("float4 group 32, mxfp4-blocks");
    assertThat(gate.storedBytes()).as("half a byte each and the scales").isEqualTo(32 * (32 + 2));
    assertThat(gate.weight().shape()).isEqualTo(Shape.of(32, 64));
    assertThat(gate.weight().dtype()).isEqualTo(DType.BF16);
    assertThat(weights.hasCodes()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, 8, 2", "2, 8, 1", "2, 7, 2"})
  void scalesOfOtherGroupsMakeNoStack(int experts, int outputs, int groups) throws IOException {
    Checkpoint checkpoint =
        new SmallCheckpoint(
                Json.object(
                    "model_type",
                    "gpt_oss",
                    "quantization_config",
                    Json.object("quant_method", "mxfp4")))
            .with(EXPERTS + "gate_up_proj_blocks", DType.U8, 2, 8, 2, 16)
            .with(EXPERTS + "gate_up_proj_scales", DType.U8, experts, outputs, groups)
            .in(temp);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);

    assertThat(weights.stacks()).isEmpty();
    assertThat(weights.modules()).isEmpty();
    assertThat(weights.problems())
        .containsExactly(
            "2 tensors, such as "
                + EXPERTS
                + "gate_up_proj_blocks of U8 [2, 8, 2, 16], look like codes or their scales, and"
                + " neither config.json nor what stands beside them says how to read them");
  }

  @Test
  void decompressedStacksAreThoseOfTransformers() throws IOException {
    Decompression.of(MODEL, temp);

    TensorFolder dense = new TensorFolder(temp);
    assertThat(dense.quantization()).isEmpty();
    assertThat(dense.tensors().keySet())
        .containsExactlyInAnyOrder(
            EXPERTS + "gate_up_proj",
            EXPERTS + "gate_up_proj_bias",
            EXPERTS + "down_proj",
            EXPERTS + "down_proj_bias",
            "model.layers.0.mlp.router.weight");
    EXPECTED
        .hashes()
        .forEach((name, hash) -> assertThat(hashes(dense)).as(name).containsEntry(name, hash));
    TensorFolder model = new TensorFolder(MODEL);
    assertThat(dense.bytes(EXPERTS + "down_proj_bias"))
        .isEqualTo(model.bytes(EXPERTS + "down_proj_bias"));
  }

  private static java.util.Map<String, String> hashes(TensorFolder folder) {
    try {
      return folder.hashes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
