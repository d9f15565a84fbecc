/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.DType;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types, dense results, shards, and which group decides. */
class OutputFormsTest {
  private static final String Q = "model.layers.0.self_attn.q_proj";
  private static final String NORM = "model.layers.0.input_layernorm.weight";
  private static final String CORRECTION = "model.layers.0.mlp.gate.e_score_correction_bias";

  @TempDir private Path temp;

  private static Json.Obj config(Object... more) {
    Json.Obj config = Json.object("model_type", "deepseek_v3");
    for (int i = 0; i < more.length; i += 2) {
      config = config.with((String) more[i], Json.of(more[i + 1]));
    }
    return config;
  }

  private static FilledCheckpoint model(Json.Obj config) {
    return new FilledCheckpoint(config)
        .random(Q + ".weight", DType.F32, 64, 64)
        .random("model.layers.0.mlp.up_proj.weight", DType.F32, 64, 64)
        .floats(NORM, DType.F32, new float[] {0x1.01p0f, 257, -2}, 3)
        .floats(CORRECTION, DType.F32, new float[] {0x1.01p0f}, 1)
        .random("lm_head.weight", DType.F32, 32, 64);
  }

  private Plan plan(Checkpoint checkpoint, String settings, OutputSettings output) {
    return Planner.plan(checkpoint, Plans.rounding(settings), output);
  }

  @Test
  void otherTypeIsGivenToAllButTheCorrectionOfRouters() throws IOException {
    Plan plan =
        plan(
            model(config("torch_dtype", "float32")).in(temp),
            "scheme: FP8_DYNAMIC, ignore: [lm_head]",
            Plans.dtype(DType.BF16));

    assertThat(Plans.tensors(plan))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Q + ".weight",
                "F8_E4M3 [64, 64]",
                Q + ".weight_scale",
                "BF16 [64, 1]",
                "model.layers.0.mlp.up_proj.weight",
                "F8_E4M3 [64, 64]",
                "model.layers.0.mlp.up_proj.weight_scale",
                "BF16 [64, 1]",
                NORM,
                "BF16 [3]",
                CORRECTION,
                "F32 [1]",
                "lm_head.weight",
                "BF16 [32, 64]"));
    assertThat(plan.copied()).containsOnlyKeys(CORRECTION);
  }

  @Test
  void valuesAreRoundedToTheOtherType() throws IOException {
    Path model = temp.resolve("model");
    model(config("torch_dtype", "float32")).in(model);
    Path output = temp.resolve("out");
    Runs.run(
        Decompression.request(
            model, output, Decompression.NOTHING, Decompression.dtype(DType.BF16)));

    TensorFolder result = new TensorFolder(output);
    assertThat(result.floats(NORM)).containsExactly(1, 256, -2);
    assertThat(result.floats(CORRECTION)).containsExactly(0x1.01p0f);
    assertThat(result.config().members()).containsEntry("torch_dtype", Json.of("bfloat16"));
  }

  @ParameterizedTest
  @CsvSource({"torch_dtype", "dtype"})
  void typeIsStatedUnderTheNameThatTheConfigUses(String name) throws IOException {
    Plan plan =
        plan(model(config(name, "float32")).in(temp), "scheme: W8A16", Plans.dtype(DType.F16));

    assertThat(plan.outputConfig().members())
        .containsEntry(name, Json.of("float16"))
        .doesNotContainKey(name.equals("dtype") ? "torch_dtype" : "dtype");
  }

  @Test
  void typeIsStatedWhereTheConfigSaysNothing() throws IOException {
    Plan plan = plan(model(config()).in(temp), "scheme: W8A16", Plans.dtype(DType.BF16));

    assertThat(plan.outputConfig().members()).containsEntry("dtype", Json.of("bfloat16"));
  }

  @Test
  void typeOfTheLanguageModelOfALargerOneIsStatedToo() throws IOException {
    Json.Obj config =
        config("dtype", "float32", "text_config", Json.object("torch_dtype", "float32", "x", 1));
    Plan plan = plan(model(config).in(temp), "scheme: W8A16", Plans.dtype(DType.BF16));

    assertThat(plan.outputConfig().members())
        .containsEntry("dtype", Json.of("bfloat16"))
        .containsEntry("text_config", Json.object("torch_dtype", "bfloat16", "x", 1));
  }

  @Test
  void typeThatIsThereAlreadyIsCopied() throws IOException {
    Plan plan =
        plan(
            model(config("dtype", "float32")).in(temp),
            "scheme: W8A16, ignore: [lm_head]",
            Plans.dtype(DType.F32));

    assertThat(plan.dense()).isEmpty();
    assertThat(plan.copied()).containsOnlyKeys(NORM, CORRECTION, "lm_head.weight");
  }

  @Test
  void denseFormKeepsWeightsAndTheirParameters() throws IOException {
    Plan plan =
        plan(
            model(config("dtype", "float32")).in(temp),
            "scheme: W4A16_ASYM, ignore: [lm_head, 're:.*up_proj']",
            Plans.form(Form.DENSE));

    assertThat(Plans.tensors(plan))
        .containsEntry(Q + ".weight", "F32 [64, 64]")
        .containsEntry(Q + ".weight_scale", "F32 [64, 1]")
        .containsEntry(Q + ".weight_zero_point", "I8 [64, 1]")
        .doesNotContainKey(Q + ".weight_packed");
    assertThat(Plans.quantization(plan).members())
        .containsEntry("format", Json.of("dense"))
        .containsEntry("quantization_status", Json.of("frozen"));
  }

  @Test
  void denseFormHoldsWhatTheCodesStandFor() throws IOException {
    Path model = temp.resolve("model");
    model(config("dtype", "float32")).in(model);
    var recipe = Runs.recipe("QuantizationModifier", "scheme: FP8_DYNAMIC");
    Runs.run(Decompression.request(model, temp.resolve("frozen"), recipe, Plans.form(Form.DENSE)));
    Runs.datafree(model, temp.resolve("codes"), "FP8_DYNAMIC");
    Decompression.of(temp.resolve("codes"), temp.resolve("dense"));

    TensorFolder frozen = new TensorFolder(temp.resolve("frozen"));
    TensorFolder dense = new TensorFolder(temp.resolve("dense"));
    assertThat(frozen.floats(Q + ".weight"))
        .isEqualTo(dense.floats(Q + ".weight"))
        .isNotEqualTo(new TensorFolder(model).floats(Q + ".weight"));
  }

  /** An output of 4 GiB has sixteen shards; small ones have one, and none is above 2 GiB. */
  @ParameterizedTest
  @CsvSource({
    "0, 134217728",
    "1000000, 134217728",
    "2147483648, 134217728",
    "4294967296, 268435456",
    "17179869184, 1073741824",
    "34359738368, 2147483648",
    "1000000000000, 2147483648",
  })
  void shardsAreAsManyAsCanBeWrittenSideBySide(long output, long shard) {
    assertThat(OutputSettings.DEFAULT.shardBytes(output)).isEqualTo(shard);
    assertThat(
            new OutputSettings(Optional.of(5L), Optional.empty(), Form.COMPRESSED)
                .shardBytes(output))
        .isEqualTo(5);
  }

  @Test
  void exactNameGoesBeforeAnExpressionAndThatBeforeAClass() throws IOException {
    String groups =
        """
        config_groups: {
          by_class: {targets: [Linear], weights: {num_bits: 8, strategy: channel}},
          by_expression: {targets: ['re:.*self_attn'], weights: {num_bits: 4, strategy: channel}},
          by_name: {targets: [model.layers.0.self_attn.q_proj],
                    weights: {num_bits: 8, type: float, strategy: channel}}}
        """;
    FilledCheckpoint model =
        model(config("dtype", "float32"))
            .random("model.layers.0.self_attn.k_proj.weight", DType.F32, 64, 64);
    Plan plan = plan(model.in(temp), groups + ", ignore: [lm_head]", OutputSettings.DEFAULT);

    assertThat(
            plan.modules().stream()
                .collect(Collectors.toMap(ModulePlan::module, ModulePlan::decidedBy)))
        .isEqualTo(
            Map.of(
                Q,
                "QuantizationModifier by target " + Q,
                "model.layers.0.self_attn.k_proj",
                "QuantizationModifier by target re:.*self_attn",
                "model.layers.0.mlp.up_proj",
                "QuantizationModifier by target Linear"));
    assertThat(Plans.tensors(plan))
        .containsEntry(Q + ".weight", "F8_E4M3 [64, 64]")
        .containsEntry("model.layers.0.self_attn.k_proj.weight_packed", "I32 [64, 8]")
        .containsEntry("model.layers.0.mlp.up_proj.weight_packed", "I32 [64, 16]");
    assertThat(Plans.quantization(plan).members())
        .containsEntry("format", Json.of("mixed-precision"));
  }

  @Test
  void recipeWithoutModifiersMakesCodesDense() throws IOException {
    Path model = temp.resolve("model");
    model(config("dtype", "float32")).in(model);
    Runs.datafree(model, temp.resolve("codes"), "W8A8");
    Checkpoint codes = new TensorFolder(temp.resolve("codes")).open();
    Plan plan = Planner.plan(codes, Plans.NOTHING, OutputSettings.DEFAULT);

    assertThat(plan.modules()).isEmpty();
    assertThat(plan.notices()).isEmpty();
    assertThat(plan.outputConfig()).isEqualTo(new TensorFolder(model).config());
    assertThat(plan.dense()).containsOnlyKeys(Q + ".weight", "model.layers.0.mlp.up_proj.weight");
    assertThat(plan.copied()).containsOnlyKeys(NORM, CORRECTION, "lm_head.weight");
    assertThat(Plans.tensors(plan).values()).allMatch(tensor -> tensor.startsWith("F32 "));
  }

  @Test
  void denseCheckpointIsNotMadeDenseAgainButMayChangeItsType() throws IOException {
    Checkpoint dense = model(config("dtype", "float32")).in(temp);

    assertThatThrownBy(() -> Planner.plan(dense, Plans.NOTHING, OutputSettings.DEFAULT))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            dense.store().location() + " is dense already: none of its weights are in codes");
    assertThat(Planner.plan(dense, Plans.NOTHING, Plans.dtype(DType.BF16)).dense()).hasSize(4);
  }

  @Test
  void codesThatAreQuantizedAnewAreSaid() throws IOException {
    Path model = temp.resolve("model");
    model(config("dtype", "float32")).in(model);
    Runs.datafree(model, temp.resolve("codes"), "W8A8");
    Plan plan =
        Plans.of(
            new TensorFolder(temp.resolve("codes")).open(),
            "scheme: W4A16, targets: ['" + Q + "']");

    assertThat(Plans.modules(plan)).isEqualTo(List.of(Q));
    assertThat(Plans.tensors(plan))
        .containsEntry(Q + ".weight_packed", "I32 [64, 8]")
        .containsEntry("model.layers.0.mlp.up_proj.weight", "F32 [64, 64]")
        .doesNotContainKeys(Q + ".weight", "model.layers.0.mlp.up_proj.weight_scale");
    assertThat(plan.notices())
        .contains(
            "2 weights of the checkpoint are in codes already and are read as dense; rounding them anew adds to the error of their first rounding",
            "1 of them are not quantized by this recipe and become dense");
  }
}
