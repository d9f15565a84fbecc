/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.Runs;
import dev.sinter.testing.Schemes;
import dev.sinter.testing.TensorFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights in codes of compressed-tensors, as the runs write them and as they are read again. */
class CompressedWeightTest {
  private static final String MODULE = "model.layers.0.self_attn.q_proj";

  /** Ragged: blocks of 128 and words of 32 zero points end within. */
  private static final int ROWS = 300;

  private static final int COLUMNS = 256;

  @TempDir private Path temp;

  private static FilledCheckpoint model(DType dtype, String name) {
    return new FilledCheckpoint(Json.object("model_type", "llama", "dtype", name))
        .random(MODULE + ".weight", dtype, ROWS, COLUMNS);
  }

  static List<String> schemes() {
    return Schemes.waysToStoreWeights();
  }

  /** What the codes of a weight stand for that was never stored. */
  private static float[] rounded(Checkpoint model, QuantizationArgs args) throws IOException {
    WeightSource dense = StoredWeight.of(model.tensor(MODULE + ".weight").orElseThrow());
    Quantizer quantizer = new Quantizer(args);
    try (Scope scope = Scope.open();
        var reader = new dev.sinter.checkpoint.TensorReader(model.store())) {
      var weight_RC = dense.rows(reader, 0, dense.rows());
      var parameters = quantizer.observe(weight_RC);
      var codes_RC = quantizer.encode(weight_RC, parameters);
      var decoded = quantizer.decode(new QuantizedWeight(codes_RC, parameters, Optional.empty()));
      return Tensors.floats(Tensors.to(decoded, dense.dtype()));
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void weightIsReadAsItsCodesStandForIt(String scheme) throws IOException {
    Checkpoint model = model(DType.BF16, "bfloat16").in(temp.resolve("model"));
    Runs.datafree(temp.resolve("model"), temp.resolve("codes"), scheme);
    Checkpoint codes = new TensorFolder(temp.resolve("codes")).open();
    CheckpointWeights weights = CheckpointWeights.of(codes);
    ModuleSource module = weights.modules().get(MODULE);

    assertThat(weights.modules()).containsOnlyKeys(MODULE);
    assertThat(weights.hasCodes()).isTrue();
    assertThat(module.isDense()).isFalse();
    assertThat(module.bits()).isEqualTo(Presets.named(scheme).weights().numBits());
    assertThat(module.storedBytes()).isEqualTo(codes.tensorBytes());
    assertThat(module.tensors()).containsExactlyInAnyOrderElementsOf(codes.tensors().values());
    assertThat(codes.tensors().keySet())
        .allSatisfy(name -> assertThat(weights.moduleOfTensor(name)).contains(module));
    assertThat(module.weight().shape()).isEqualTo(Shape.of(ROWS, COLUMNS));
    assertThat(module.weight().dtype()).isEqualTo(DType.BF16);
    Reading.assertReads(codes, module.weight(), rounded(model, Presets.named(scheme).weights()));
  }

  @Test
  void configTellsTheTypeOfTheWeightWhateverThatOfItsScales() throws IOException {
    Checkpoint model = model(DType.F16, "bfloat16").in(temp.resolve("model"));
    Runs.datafree(temp.resolve("model"), temp.resolve("codes"), "W4A16");
    Checkpoint codes = new TensorFolder(temp.resolve("codes")).open();
    float[] expected = rounded(model, Presets.named("W4A16").weights());
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Reading.bf16(expected[i]);
    }

    assertThat(codes.tensor(MODULE + ".weight_scale").orElseThrow().spec().dtype())
        .isEqualTo(DType.F16);
    assertThat(CheckpointWeights.of(codes).modules().get(MODULE).weight().dtype())
        .isEqualTo(DType.BF16);
    Reading.assertReads(codes, MODULE, expected);
  }

  @Test
  void scalesTellTheTypeOfTheWeightWhereTheConfigDoesNot() throws IOException {
    Checkpoint model =
        new FilledCheckpoint(Json.object("model_type", "llama"))
            .random(MODULE + ".weight", DType.F16, ROWS, COLUMNS)
            .in(temp.resolve("model"));
    Runs.datafree(temp.resolve("model"), temp.resolve("codes"), "W4A16");
    Checkpoint codes = new TensorFolder(temp.resolve("codes")).open();

    assertThat(CheckpointWeights.of(codes).modules().get(MODULE).weight().dtype())
        .isEqualTo(DType.F16);
    Reading.assertReads(codes, MODULE, rounded(model, Presets.named("W4A16").weights()));
  }

  @Test
  void configTellsTheTypeWhereScalesDoNot() throws IOException {
    model(DType.F32, "float16").in(temp.resolve("model"));
    Runs.datafree(temp.resolve("model"), temp.resolve("codes"), "MXFP4");

    assertThat(
            CheckpointWeights.of(new TensorFolder(temp.resolve("codes")).open())
                .modules()
                .get(MODULE)
                .weight()
                .dtype())
        .isEqualTo(DType.F16);
  }

  @Test
  void denseWeightBesideParametersIsDense() throws IOException {
    Json.Obj config =
        Json.object(
            "model_type",
            "llama",
            "quantization_config",
            Json.object(
                "quant_method", "compressed-tensors",
                "format", "dense",
                "config_groups",
                    Json.object(
                        "group_0",
                        Json.object(
                            "targets", List.of("Linear"),
                            "weights", Json.object("num_bits", 8, "strategy", "channel")))));
    Checkpoint checkpoint =
        new FilledCheckpoint(config)
            .floats(MODULE + ".weight", DType.F32, new float[] {1, 2, 3, 4}, 2, 2)
            .floats(MODULE + ".weight_scale", DType.F32, new float[] {9, 9}, 2, 1)
            .floats(MODULE + ".input_scale", DType.F32, new float[] {9}, 1)
            .in(temp);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);

    assertThat(weights.modules().get(MODULE).isDense()).isTrue();
    assertThat(weights.modules().get(MODULE).tensors()).hasSize(3);
    Reading.assertReads(checkpoint, MODULE, new float[] {1, 2, 3, 4});
  }
}
