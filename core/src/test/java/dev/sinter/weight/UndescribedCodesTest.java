/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.SmallCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Codes that nothing describes, or that are described as what they cannot be. */
class UndescribedCodesTest {
  private static final String Q = "model.layers.0.self_attn.q_proj";

  @TempDir private Path temp;

  private List<String> problems(SmallCheckpoint checkpoint) throws IOException {
    return CheckpointWeights.of(checkpoint.in(temp)).problems();
  }

  private static SmallCheckpoint plain() {
    return new SmallCheckpoint(Json.object("model_type", "mistral", "dtype", "bfloat16"));
  }

  private static SmallCheckpoint compressedTensors(String format, Object... weights) {
    Json group =
        Json.object(
            "targets", List.of("Linear"), "weights", Json.object(weights), "format", format);
    return new SmallCheckpoint(
        Json.object(
            "model_type",
            "mistral",
            "quantization_config",
            Json.object(
                "quant_method",
                "compressed-tensors",
                "config_groups",
                Json.object("group_0", group))));
  }

  @Test
  void codesUnderNamesThatNobodyClaimsAreRefused() throws IOException {
    assertThat(
            problems(
                plain()
                    .with("model.layers.0.mlp.experts.gate_up_proj", DType.F8_E4M3, 2, 16, 8)
                    .with("model.layers.0.mlp.experts.gate_up_proj_scale_inv", DType.F32, 2, 1, 1)))
        .singleElement()
        .asString()
        .startsWith("2 tensors, such as model.layers.0.mlp.experts.gate_up_proj")
        .endsWith("neither config.json nor what stands beside them says how to read them");
  }

  @Test
  void causalMasksOfOldCheckpointsAreNoCodes() throws IOException {
    assertThat(
            problems(
                plain()
                    .with("h.0.attn.bias", DType.U8, 1, 1, 8, 8)
                    .with("h.0.mask", DType.BOOL, 8, 8)))
        .isEmpty();
  }

  @Test
  void groupsThatDoNotDivideTheColumnsAreRefused() throws IOException {
    assertThat(
            problems(
                compressedTensors("int-quantized", "num_bits", 8, "group_size", 12)
                    .with(Q + ".weight", DType.I8, 4, 32)
                    .with(Q + ".weight_scale", DType.BF16, 4, 2)))
        .containsExactly(Q + ".weight cannot be read: groups of 12 do not divide its 32 columns");
  }

  @Test
  void scalesOfTheSameNumberInAnotherShapeAreRefused() throws IOException {
    assertThat(
            problems(
                compressedTensors("int-quantized", "num_bits", 8, "group_size", 4)
                    .with(Q + ".weight", DType.I8, 4, 32)
                    .with(Q + ".weight_scale", DType.BF16, 8, 4)))
        .containsExactly(
            Q
                + ".weight cannot be read: "
                + Q
                + ".weight_scale is BF16 [8, 4] where BF16 [4, 8] is expected");
  }

  @Test
  void formatThatDoesNotHoldItsWeightsIsRefused() throws IOException {
    assertThat(problems(compressedTensors("nvfp4-pack-quantized", "num_bits", 4, "group_size", 16)))
        .containsExactly(
            "config.json: quantization_config.config_groups.group_0: the format"
                + " nvfp4-pack-quantized does not hold such weights; pack-quantized does");
  }
}
