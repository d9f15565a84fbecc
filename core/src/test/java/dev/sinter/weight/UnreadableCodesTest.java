/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.SmallCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not as its config says is refused, and what belongs to no dense model is left out. */
class UnreadableCodesTest {
  private static final String A = "model.layers.0.self_attn.q_proj";
  private static final String B = "model.layers.0.mlp.up_proj";

  private static final String NO_SHAPE =
      A
          + ".weight_packed cannot be read: "
          + A
          + ".weight_shape does not state the rows and columns of a matrix of that many codes";

  @TempDir private Path temp;

  private static SmallCheckpoint model(Json.Obj quantization) {
    return new SmallCheckpoint(
        Json.object(
            "model_type", "llama", "dtype", "bfloat16", "quantization_config", quantization));
  }

  private static Json.Obj group(String target, Object... weights) {
    return Json.object("targets", List.of(target), "weights", Json.object(weights));
  }

  private static SmallCheckpoint compressedTensors(Json.Obj... groups) {
    Json.Obj byName = Json.object();
    for (Json.Obj group : groups) {
      byName = byName.with("group_" + byName.members().size(), group);
    }
    return model(Json.object("quant_method", "compressed-tensors", "config_groups", byName));
  }

  private static SmallCheckpoint packed() {
    return compressedTensors(group("Linear", "num_bits", 4, "strategy", "group", "group_size", 16))
        .with(A + ".weight_packed", DType.I32, 8, 4)
        .with(A + ".weight_scale", DType.BF16, 8, 2)
        .with(A + ".weight_shape", DType.I64, 2);
  }

  private static SmallCheckpoint deepSeek() {
    return model(Json.object("quant_method", "fp8"))
        .with(A + ".weight", DType.F8_E4M3, 200, 300)
        .with(A + ".weight_scale_inv", DType.F32, 2, 3);
  }

  private List<String> problems(SmallCheckpoint checkpoint) throws IOException {
    return CheckpointWeights.of(checkpoint.in(temp)).problems();
  }

  @Test
  void missingScaleIsNamed() throws IOException {
    assertThat(problems(deepSeek().without(A + ".weight_scale_inv")))
        .containsExactly(A + ".weight cannot be read: there is no " + A + ".weight_scale_inv");
  }

  @Test
  void scaleOfAnotherShapeOrTypeIsShownBesideWhatIsExpected() throws IOException {
    assertThat(problems(deepSeek().with(A + ".weight_scale_inv", DType.F32, 2, 2)))
        .containsExactly(
            A
                + ".weight cannot be read: "
                + A
                + ".weight_scale_inv is F32 [2, 2] where F32 [2, 3] is expected");
    assertThat(problems(deepSeek().with(A + ".weight_scale_inv", DType.U8, 2, 3)))
        .containsExactly(
            A
                + ".weight cannot be read: "
                + A
                + ".weight_scale_inv is U8 [2, 3] where F32 [2, 3] is expected");
  }

  @Test
  void problemOfAModuleIsSaidOnce() throws IOException {
    assertThat(problems(deepSeek().with(A + ".weight_scale_inv", DType.F32, 2, 2))).hasSize(1);
  }

  @Test
  void problemsOfAllModulesAreSaidAtOnce() throws IOException {
    SmallCheckpoint both =
        deepSeek()
            .without(A + ".weight_scale_inv")
            .with(B + ".weight", DType.F8_E4M3, 128, 128)
            .with("lm_head.weight", DType.F8_E4M3, 128, 128)
            .with("lm_head.weight_scale_inv", DType.F32, 1, 1);
    assertThat(problems(both))
        .containsExactlyInAnyOrder(
            A + ".weight cannot be read: there is no " + A + ".weight_scale_inv",
            B + ".weight cannot be read: there is no " + B + ".weight_scale_inv");
  }

  @Test
  void packedWeightWithoutAShapeIsRefused() throws IOException {
    assertThat(problems(packed().without(A + ".weight_shape")))
        .containsExactly(
            A
                + ".weight_packed cannot be read: it is packed, and there is no "
                + A
                + ".weight_shape");
  }

  @Test
  void statedShapeMustBeThatOfAMatrix() throws IOException {
    assertThat(problems(packed().with(A + ".weight_shape", DType.I64, 3)))
        .containsExactly(NO_SHAPE);
    assertThat(problems(packed().with(A + ".weight_shape", DType.I32, 2)))
        .containsExactly(NO_SHAPE);
    // Zeros, as all tensors here.
    assertThat(problems(packed())).containsExactly(NO_SHAPE);
  }

  @Test
  void codesThatNoGroupMeansAreRefused() throws IOException {
    SmallCheckpoint checkpoint =
        compressedTensors(
                group("re:.*k_proj", "num_bits", 8, "strategy", "channel"),
                group("re:.*v_proj", "num_bits", 8, "strategy", "tensor"))
            .with(A + ".weight", DType.I8, 8, 8)
            .with(A + ".weight_scale", DType.BF16, 8, 1);
    assertThat(problems(checkpoint))
        .containsExactly(
            A + ".weight cannot be read: no group of the quantization_config means " + A);
  }

  @ParameterizedTest
  @ValueSource(strings = {"awq", "gptq", "bitsandbytes"})
  void methodsOfOthersAreRefused(String method) throws IOException {
    assertThat(problems(model(Json.object("quant_method", method))))
        .containsExactly(
            "config.json: weights of quant_method \""
                + method
                + "\" are not read here; read are compressed-tensors, fp8, modelopt, mxfp4. Give the dense model");
  }

  @Test
  void methodMustBeNamed() throws IOException {
    assertThat(problems(model(Json.object("bits", 4))))
        .containsExactly(
            "config.json: weights of quant_method \"\" are not read here; read are compressed-tensors, fp8, modelopt, mxfp4. Give the dense model");
  }

  @Test
  void sparseFormatIsRefused() throws IOException {
    Json.Obj config =
        Json.object(
            "quant_method",
            "compressed-tensors",
            "config_groups",
            Json.object("group_0", group("Linear", "num_bits", 8, "strategy", "channel")));
    assertThat(
            problems(
                model(config.with("sparsity_config", Json.object("format", "sparse-24-bitmask")))))
        .containsExactly(
            "config.json: weights of the sparse format sparse-24-bitmask are not read by this version");
    assertThat(
            CheckpointWeights.of(
                    model(config.with("sparsity_config", Json.object("format", "dense")))
                        .with("lm_head.weight", DType.BF16, 4, 4)
                        .in(temp))
                .modules())
        .containsOnlyKeys("lm_head");
  }

  @Test
  void sparseFormatIsRefusedAlsoWithoutGroups() throws IOException {
    assertThat(
            problems(
                model(
                    Json.object(
                        "quant_method",
                        "compressed-tensors",
                        "sparsity_config",
                        Json.object("format", "sparse-bitmask")))))
        .containsExactly(
            "config.json: weights of the sparse format sparse-bitmask are not read by this version");
  }

  @Test
  void codesThatModelOptDoesNotWriteAreShownWithWhatLiesBesideThem() throws IOException {
    SmallCheckpoint checkpoint =
        model(Json.object("quant_method", "modelopt"))
            .with(A + ".weight", DType.U8, 8, 8)
            .with(A + ".weight_scale", DType.F32, 8, 1)
            .with(A + ".pre_quant_scale", DType.F32, 8);
    assertThat(problems(checkpoint))
        .containsExactly(
            A
                + ".weight cannot be read: U8 [8, 8] is in codes that are not read here (quant_method modelopt; beside it: [pre_quant_scale, weight_scale, weight])");
  }

  @Test
  void scalesOfCachesAreLeftOut() throws IOException {
    Checkpoint checkpoint =
        compressedTensors(
                group("Linear", "num_bits", 8, "strategy", "channel")
                    .with("format", new Json.Str("int-quantized")))
            .with(A + ".weight", DType.I8, 8, 8)
            .with(A + ".weight_scale", DType.BF16, 8, 1)
            .with("model.layers.0.self_attn.k_scale", DType.BF16, 1)
            .with("model.layers.0.self_attn.v_scale", DType.BF16, 1)
            .with("model.layers.0.input_layernorm.weight", DType.BF16, 8)
            .in(temp);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);

    assertThat(weights.dropped())
        .containsExactlyInAnyOrder(
            "model.layers.0.self_attn.k_scale", "model.layers.0.self_attn.v_scale");
    assertThat(weights.modules()).containsOnlyKeys(A);
    assertThat(weights.moduleOfTensor("model.layers.0.input_layernorm.weight")).isEmpty();
  }

  @Test
  void codesThatNothingDescribesAreRefused() throws IOException {
    SmallCheckpoint float8 =
        new SmallCheckpoint(SmallCheckpoint.LLAMA)
            .with(A + ".weight", DType.F8_E4M3, 8, 8)
            .with(A + ".weight_scale", DType.BF16, 8, 1)
            .with("lm_head.weight", DType.BF16, 8, 8);
    assertThat(problems(float8))
        .containsExactly(
            "2 tensors, such as "
                + A
                + ".weight_scale of BF16 [8, 1], look like codes or their scales, and neither config.json nor what stands beside them says how to read them");

    assertThat(problems(packed().without(A + ".weight_packed").without(A + ".weight_shape")))
        .containsExactly(
            "1 tensors, such as "
                + A
                + ".weight_scale of BF16 [8, 2], look like codes or their scales, and neither config.json nor what stands beside them says how to read them");
  }

  @Test
  void modelThatSaysNothingOfCodesKeepsWhatIsNamedLikeScales() throws IOException {
    Checkpoint checkpoint =
        new SmallCheckpoint(SmallCheckpoint.LLAMA)
            .with("model.layers.0.self_attn.k_scale", DType.BF16, 1)
            .with(A + ".weight", DType.BF16, 8, 8)
            .with(A + ".input_scale", DType.BF16, 1)
            .in(temp);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);

    assertThat(weights.problems()).isEmpty();
    assertThat(weights.dropped()).isEmpty();
    assertThat(weights.hasCodes()).isFalse();
    assertThat(weights.modules()).containsOnlyKeys(A);
    assertThat(weights.modules().get(A).tensors()).hasSize(1);
  }
}
