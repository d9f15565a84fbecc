/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipes;
import dev.sinter.tensor.DType;
import dev.sinter.testing.SmallCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlannerTest {
  private static final String LAYER = "model.layers.0.";
  private static final List<String> LINEARS =
      List.of(
          LAYER + "self_attn.q_proj",
          LAYER + "self_attn.k_proj",
          LAYER + "self_attn.v_proj",
          LAYER + "self_attn.o_proj",
          LAYER + "mlp.gate_proj",
          LAYER + "mlp.up_proj",
          LAYER + "mlp.down_proj");

  @TempDir private Path temp;

  private static Plan plan(Checkpoint checkpoint, String modifiers) {
    return Planner.plan(
        checkpoint, Recipes.parse("r.yaml", "modifiers: " + modifiers), OutputSettings.DEFAULT);
  }

  private Plan plan(String modifiers) throws IOException {
    return plan(SmallCheckpoint.complete(SmallCheckpoint.LLAMA).in(temp), modifiers);
  }

  private static List<String> problems(Checkpoint checkpoint, String modifiers) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> plan(checkpoint, modifiers));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  private static List<String> modules(Plan plan) {
    return plan.modules().stream().map(ModulePlan::module).toList();
  }

  private static Json.Obj config(Plan plan) {
    return (Json.Obj) plan.outputConfig().members().get("quantization_config");
  }

  private static Json.Obj group(Plan plan, int index) {
    Json.Obj groups = (Json.Obj) config(plan).members().get("config_groups");
    return (Json.Obj) groups.members().get("group_" + index);
  }

  @Test
  void linearsAreQuantizedAndTheIgnoredHeadIsNamed() throws IOException {
    Plan plan = plan("{QuantizationModifier: {scheme: W4A16, ignore: [lm_head]}}");

    assertThat(modules(plan)).containsExactlyInAnyOrderElementsOf(LINEARS);
    assertThat(plan.notices())
        .singleElement()
        .asString()
        .startsWith("6 modules, such as model.layers.0.mlp.gate_proj, have fewer columns");
    assertThat(plan.modules())
        .allMatch(module -> module.decidedBy().equals("QuantizationModifier by target Linear"));
    assertThat(group(plan, 0).members().get("targets")).isEqualTo(Json.of(List.of("Linear")));
    assertThat(config(plan).members())
        .containsEntry("ignore", Json.of(List.of("lm_head")))
        .containsEntry("format", Json.of("pack-quantized"));
  }

  @Test
  void severalModifiersNameTheirModules() throws IOException {
    Plan plan =
        plan(
            """
            [QuantizationModifier: {scheme: W8A8, targets: ["re:.*self_attn"]},
             QuantizationModifier: {scheme: W4A16, ignore: ["re:.*self_attn", lm_head]}]
            """);

    assertThat(group(plan, 0).members().get("targets")).isEqualTo(Json.of(LINEARS.subList(0, 4)));
    assertThat(group(plan, 1).members().get("targets")).isEqualTo(Json.of(LINEARS.subList(4, 7)));
    assertThat(group(plan, 0).members().get("format")).isEqualTo(Json.of("int-quantized"));
    assertThat(config(plan).members()).containsEntry("format", Json.of("mixed-precision"));
  }

  @Test
  void ruleThatMatchesNothingIsNoticed() throws IOException {
    Plan plan =
        plan(
            """
            {QuantizationModifier: {scheme: W8A8, targets: [Linear, "re:.*experts"],
              ignore: [lm_haed, lm_head, "re:.*router"]}}
            """);

    assertThat(plan.notices())
        .containsExactly(
            "QuantizationModifier: the target \"re:.*experts\" matches no module.",
            "QuantizationModifier: the ignore \"lm_haed\" matches no module. Did you mean lm_head?",
            "QuantizationModifier: the ignore \"re:.*router\" matches no module.");
    assertThat(group(plan, 0).members().get("targets")).isEqualTo(Json.of(List.of("Linear")));
  }

  @Test
  void rulesThatOverlapAreNotNoticed() throws IOException {
    Plan plan =
        plan(
            """
            {QuantizationModifier: {scheme: W8A8, targets: [Linear, "re:.*q_proj", lm_head],
              ignore: ["re:lm", lm_head]}}
            """);

    assertThat(plan.notices()).isEmpty();
  }

  @Test
  void modifierThatTouchesNothingIsRefused() throws IOException {
    Checkpoint checkpoint = SmallCheckpoint.complete(SmallCheckpoint.LLAMA).in(temp);

    assertThat(problems(checkpoint, "{QuantizationModifier: {scheme: W4A16, targets: [Conv2d]}}"))
        .containsExactly(
            "QuantizationModifier touches no module: its targets are [Conv2d], and the model's"
                + " classes are [LlamaModel, Embedding, LlamaDecoderLayer, LlamaRMSNorm,"
                + " LlamaAttention, Linear, LlamaMLP]");
  }

  @Test
  void columnsThatGroupsDoNotDivideAreRefused() throws IOException {
    Json.Obj wide = SmallCheckpoint.LLAMA.with("intermediate_size", Json.of(200));
    Checkpoint checkpoint = SmallCheckpoint.complete(wide).in(temp);

    assertThat(problems(checkpoint, "{QuantizationModifier: {scheme: W4A16}}"))
        .containsExactly(
            "model.layers.0.mlp.down_proj: its 200 columns are no multiple of the group size 128 of"
                + " scheme W4A16. Add it to ignore, or take a scheme without groups");
    assertThat(modules(plan(checkpoint, "{QuantizationModifier: {scheme: W8A8}}"))).hasSize(8);
  }

  @Test
  void onlyProblemsOfModulesThatWereTouchedAreSaid() throws IOException {
    Checkpoint checkpoint = SmallCheckpoint.complete(SmallCheckpoint.LLAMA).in(temp);

    assertThat(problems(checkpoint, "{QuantizationModifier: {scheme: W4A16, targets: model.norm}}"))
        .containsExactly(
            "model.norm: only modules of the classes Linear and Embedding are quantized, and its"
                + " class is LlamaRMSNorm. Add it to ignore, or make the target \"model.norm\""
                + " narrower");
  }

  @Test
  void moduleOfTwoModifiersIsRefused() throws IOException {
    Checkpoint checkpoint = SmallCheckpoint.complete(SmallCheckpoint.LLAMA).in(temp);

    assertThat(
            problems(
                checkpoint,
                """
                {QuantizationModifier: {scheme: W8A8, targets: lm_head},
                 GPTQModifier: {scheme: W4A16, targets: [lm_head, "re:.*up_proj"]}}
                """))
        .containsExactly(
            "lm_head would be quantized twice: by QuantizationModifier by target lm_head, and by"
                + " GPTQModifier by target lm_head. Let one of them ignore it, or take one out");
  }

  @Test
  void sameModifierTwiceIsRefused() throws IOException {
    Checkpoint checkpoint = SmallCheckpoint.complete(SmallCheckpoint.LLAMA).in(temp);

    assertThat(
            problems(
                checkpoint,
                """
                [QuantizationModifier: {scheme: W8A8, targets: lm_head},
                 QuantizationModifier: {scheme: W8A8, targets: lm_head}]
                """))
        .containsExactly(
            "lm_head would be quantized twice: by QuantizationModifier by target lm_head, and by"
                + " QuantizationModifier by target lm_head. Let one of them ignore it, or take one out");
  }

  @Test
  void tiedHeadStaysAsItIs() throws IOException {
    Json.Obj tied = SmallCheckpoint.LLAMA.with("tie_word_embeddings", Json.of(true));
    Checkpoint checkpoint = SmallCheckpoint.complete(tied).without("lm_head.weight").in(temp);

    Plan plan = plan(checkpoint, "{QuantizationModifier: {scheme: W8A8}}");

    assertThat(modules(plan)).containsExactlyInAnyOrderElementsOf(LINEARS);
    assertThat(plan.notices())
        .containsExactly(
            "lm_head has no weight of its own in the checkpoint (tied to another?) and stays as it"
                + " is");
    assertThat(config(plan).members()).containsEntry("ignore", Json.of(List.of("lm_head")));
    assertThat(problems(checkpoint, "{QuantizationModifier: {scheme: W4A16, targets: lm_head}}"))
        .singleElement()
        .asString()
        .startsWith("QuantizationModifier touches no module: its targets are [lm_head]");
  }

  @Test
  void codesOfAnUnknownMethodAreRefused() throws IOException {
    Json.Obj quantized =
        SmallCheckpoint.LLAMA.with("quantization_config", Json.object("quant_method", "awq"));
    Checkpoint checkpoint = SmallCheckpoint.complete(quantized).in(temp);

    assertThat(problems(checkpoint, "{QuantizationModifier: {scheme: W4A16}}"))
        .containsExactly(
            "config.json: weights of quant_method \"awq\" are not read here; read are"
                + " compressed-tensors, fp8, modelopt, mxfp4. Give the dense model");
  }

  @Test
  void codesThatNothingDescribesAreRefused() throws IOException {
    Checkpoint checkpoint =
        SmallCheckpoint.complete(SmallCheckpoint.LLAMA)
            .with("lm_head.weight", DType.I8, 32, 64)
            .in(temp);

    assertThat(problems(checkpoint, "{QuantizationModifier: {scheme: W8A8}}"))
        .containsExactly(
            "1 tensors, such as lm_head.weight of I8 [32, 64], look like codes or their scales, and"
                + " neither config.json nor what stands beside them says how to read them");
  }

  static Stream<Arguments> weights() {
    return Stream.of(
        Arguments.of(DType.F32, new long[] {64, 64, 1}, "F32 [64, 64, 1]"),
        Arguments.of(DType.F32, new long[] {64}, "F32 [64]"),
        Arguments.of(DType.F32, new long[] {64, 0}, "F32 [64, 0]"),
        Arguments.of(DType.BF16, new long[] {0, 64}, "BF16 [0, 64]"));
  }

  @ParameterizedTest
  @MethodSource("weights")
  void weightThatIsNoMatrixOfFloatsIsRefused(DType dtype, long[] shape, String said)
      throws IOException {
    Checkpoint checkpoint =
        SmallCheckpoint.complete(SmallCheckpoint.LLAMA)
            .with("lm_head.weight", dtype, shape)
            .in(temp);

    assertThat(problems(checkpoint, "{QuantizationModifier: {scheme: W8A8}}"))
        .containsExactly(
            "lm_head.weight of " + said + " is no matrix of floats: it cannot be quantized");
  }

  @Test
  void outputsTakeThePlaceOfTheirWeight() throws IOException {
    Plan plan = plan("{QuantizationModifier: {scheme: W4A16, targets: lm_head}}");

    List<String> written =
        plan.shards().stream()
            .flatMap(shard -> shard.layout().tensors().stream())
            .map(spec -> spec.name())
            .toList();
    assertThat(written)
        .contains("lm_head.weight_packed", "lm_head.weight_scale", "lm_head.weight_shape")
        .contains("model.embed_tokens.weight")
        .doesNotContain("lm_head.weight")
        .hasSize(12 + 2);
  }
}
