/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.RecipeWriter;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups without weights mean attention modules, and are refused where clients fail at them. */
class AttentionModulesTest {
  private static final String FP8 =
      "input_activations: {num_bits: 8, type: float, strategy: tensor}";

  private static Plan plan(Path model, String modifiers) throws IOException {
    return Planner.plan(
        Checkpoint.open(FileStores.at(model.toString())),
        Recipes.parse("r.yaml", "modifiers:\n" + modifiers),
        OutputSettings.DEFAULT);
  }

  private static String groups(String... groups) {
    return "- QuantizationModifier: {ignore: [lm_head], config_groups: {"
        + String.join(", ", groups)
        + "}}\n";
  }

  private static String group(String name, String targets, String rest) {
    return name + ": {targets: " + targets + ", " + rest + "}";
  }

  @Test
  void rangesAreFoundOfQueriesKeysAndValues() throws IOException {
    Plan plan = plan(TestData.tinyLlamaBf16(), groups(group("a", "[LlamaAttention]", FP8)));

    assertThat(plan.modules()).isEmpty();
    assertThat(plan.needsCalibration()).isTrue();
    assertThat(plan.attention())
        .containsOnlyKeys("model.layers.0.self_attn", "model.layers.1.self_attn");
    assertThat(Plans.tensors(plan))
        .containsEntry("model.layers.1.self_attn.q_scale", "BF16 [1]")
        .containsEntry("model.layers.1.self_attn.k_scale", "BF16 [1]")
        .containsEntry("model.layers.1.self_attn.v_scale", "BF16 [1]");
    assertThat(plan.notices()).isEmpty();
  }

  @Test
  void layersMayDifferAndCachesAreThenNotStatedForAll() throws IOException {
    String byHead =
        "input_activations: {num_bits: 8, type: int, symmetric: false, strategy: attn_head}";
    Plan plan =
        plan(
            TestData.tinyLlamaBf16(),
            groups(
                group("a", "[model.layers.0.self_attn]", FP8),
                group("b", "[model.layers.1.self_attn]", byHead)));

    assertThat(plan.kvCache()).isEmpty();
    assertThat(Plans.tensors(plan))
        .containsEntry("model.layers.0.self_attn.q_scale", "BF16 [1]")
        .containsEntry("model.layers.1.self_attn.q_scale", "BF16 [8, 1, 1]")
        .containsEntry("model.layers.1.self_attn.k_scale", "BF16 [4, 1, 1]")
        .containsEntry("model.layers.1.self_attn.k_zero_point", "I8 [4, 1, 1]");
  }

  @Test
  void aGroupSaysMoreThanTheSchemeOfCaches() throws IOException {
    Plan plan =
        plan(
            TestData.tinyLlamaBf16(),
            "- QuantizationModifier: {kv_cache_scheme: {num_bits: 8, type: float}, config_groups: {"
                + group("a", "[LlamaAttention]", FP8.replace("tensor", "attn_head"))
                + "}}\n");

    assertThat(Plans.tensors(plan))
        .containsEntry("model.layers.0.self_attn.q_scale", "BF16 [8, 1, 1]")
        .containsEntry("model.layers.0.self_attn.k_scale", "BF16 [4, 1, 1]");
    assertThat(plan.activations()).hasSize(6);
  }

  @Test
  void weightsAndAttentionStandBesideEachOther() throws IOException {
    String weights = "weights: {num_bits: 4, group_size: 32}";
    Plan plan =
        plan(
            TestData.tinyLlamaBf16(),
            groups(group("w", "[Linear]", weights), group("a", "['re:.*self_attn$']", FP8)));

    Json.Obj groups = (Json.Obj) Plans.quantization(plan).members().get("config_groups");
    assertThat(plan.modules()).hasSize(14);
    assertThat(groups.members().keySet()).containsExactly("group_0", "group_1");
    assertThat(((Json.Obj) groups.members().get("group_1")).members().get("targets"))
        .isEqualTo(Json.of(List.of("re:.*self_attn$")));
    assertThat(Plans.ignored(plan)).isEqualTo(Json.of(List.of("lm_head")));
  }

  @Test
  void groupsAreWrittenAsTheyAreRead() {
    Recipe recipe =
        Recipes.parse("r.yaml", "modifiers:\n" + groups(group("a", "[LlamaAttention]", FP8)));

    Recipe again = Recipes.parse("r.yaml", RecipeWriter.write(recipe));

    assertThat(again.modifiers().get(0).targets()).isEqualTo(recipe.modifiers().get(0).targets());
  }

  @Test
  void observersOfInputsAreThoseOfAttentionToo() throws IOException {
    Plan plan =
        plan(
            TestData.tinyLlamaBf16(),
            "- QuantizationModifier: {input_observer: minmax, config_groups: {"
                + group("a", "[LlamaAttention]", FP8)
                + "}}\n");

    assertThat(plan.attention().values())
        .allSatisfy(args -> assertThat(args.observer().name()).isEqualTo("minmax"));
  }

  @Test
  void modulesThatAreNoAttentionAreRefused() {
    assertThatThrownBy(
            () -> plan(TestData.tinyLlamaBf16(), groups(group("a", "['re:.*self_attn.*']", FP8))))
        .hasMessageContaining(
            "model.layers.0.self_attn.q_proj and 7 more modules: it is no attention module that"
                + " clients know, and the group of the target \"re:.*self_attn.*\" has no weights,"
                + " which means such modules alone. Write an expression that ends with them, such as"
                + " re:.*self_attn$, or give the group weights");
  }

  @Test
  void attentionThatTheClientDoesNotKnowIsRefused() {
    Path gpt2 = GoldenModel.named("gpt2-fp32").folder();

    assertThatThrownBy(() -> plan(gpt2, groups(group("a", "[GPT2Attention]", FP8))))
        .hasMessageContaining("it is no attention module that clients know");
  }

  @Test
  void oneThatIsLeftOutIsRefused() {
    assertThatThrownBy(
            () ->
                plan(
                    TestData.tinyLlamaBf16(),
                    groups(group("a", "[model.layers.1.self_attn]", FP8))))
        .hasMessageContaining(
            "model.layers.0.self_attn: no group says how its queries, keys and values are rounded,"
                + " and compressed-tensors runs a model only if groups mean all attention modules,"
                + " or none. Add a target that means it, or take it out of ignore");
  }

  @Test
  void scalesThatAreFoundAtRunTimeAreRefused() {
    String dynamic = "input_activations: {num_bits: 8, strategy: token, dynamic: true}";

    assertThatThrownBy(
            () -> plan(TestData.tinyLlamaBf16(), groups(group("a", "[LlamaAttention]", dynamic))))
        .hasMessageContaining(
            "a has no weights, and so means attention modules: their queries, keys and values share"
                + " scales by tensor or attn_head that calibration finds. Write strategy: tensor, or"
                + " attn_head, and dynamic: false");
  }

  @Test
  void outputsOfAttentionAreRefused() {
    String outputs = FP8 + ", output_activations: {num_bits: 8}";

    assertThatThrownBy(
            () -> plan(TestData.tinyLlamaBf16(), groups(group("a", "[LlamaAttention]", outputs))))
        .hasMessageContaining(
            "a has no weights, and so means attention modules, which have no output_activations."
                + " Leave it out");
  }

  @Test
  void storedScalesOfGroupsOfInputsAreRefused() {
    String grouped = "weights: {num_bits: 8}, input_activations: {num_bits: 8, group_size: 32}";

    assertThatThrownBy(
            () -> plan(TestData.tinyLlamaBf16(), groups(group("w", "[Linear]", grouped))))
        .hasMessageContaining(
            "input_activations: no client applies scales of groups that were found before:"
                + " compressed-tensors lays them along the tokens instead of the channels, and fails"
                + " where there are not as many. Write dynamic: true, strategy: tensor_group with"
                + " dynamic: local (NVFP4), or strategy: tensor");
  }
}
