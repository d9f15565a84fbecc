/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.modifier.ListedTargets;
import dev.sinter.modifier.Modifier;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeFormsTest {
  private static final String PLAIN =
      "modifiers: {QuantizationModifier: {scheme: W4A16, ignore: [lm_head]}}";

  private static Recipe parse(String text) {
    return Recipes.parse("recipe.yaml", text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "modifiers:\n  QuantizationModifier:\n    scheme: W4A16\n    ignore: [lm_head]\n",
        "modifiers:\n- QuantizationModifier:\n    scheme: W4A16\n    ignore: [lm_head]\n",
        "quant_modifiers:\n  QuantizationModifier: {scheme: W4A16, ignore: lm_head}\n",
        "quant_modifiers:\n  - QuantizationModifier: {scheme: w4a16, ignore: lm_head}\n",
        "quant_stage:\n  modifiers:\n    QuantizationModifier: {scheme: W4A16, ignore: lm_head}\n",
        "quant_stage:\n  modifiers:\n  - QuantizationModifier: {scheme: W4A16, ignore: lm_head}\n",
        "a_stage:\n  b_modifiers:\n    QuantizationModifier: {scheme: W4A16, ignore: lm_head}\n",
        "a_stage:\n  b_modifiers:\n  - QuantizationModifier: {scheme: W4A16, ignore: lm_head}\n",
        "a_stage: {run_type: oneshot, b_modifiers: {QuantizationModifier:"
            + " {scheme: W4A16, ignore: lm_head}}}",
        "version: 1.1.0\nmetadata: {tags: [a, b]}\n" + PLAIN,
        "# a comment\n---\n" + PLAIN + "\n...\n",
        "{\"modifiers\": {\"QuantizationModifier\":"
            + " {\"scheme\": \"W4A16\", \"ignore\": [\"lm_head\"]}}}",
        "modifiers: {QuantizationModifier: {scheme: W4A16, ignore: &x [lm_head], targets: !!seq"
            + " [!!str Linear]}}",
        "modifiers: {? QuantizationModifier : {scheme: W4A16, ignore: ['lm_head']}}",
      })
  void everyFormMeansTheSame(String text) {
    assertThat(parse(text).modifiers()).isEqualTo(parse(PLAIN).modifiers());
  }

  @Test
  void modifiersOfAllGroupsStandInTheirOrder() {
    Recipe recipe =
        parse(
            """
            b_stage:
              x_modifiers:
                GPTQModifier: {scheme: W4A16}
              y_modifiers:
                QuantizationModifier: {scheme: W8A8}
            a_stage:
              modifiers:
              - GPTQModifier: {scheme: W3A16}
              - GPTQModifier: {scheme: W2A16}
                QuantizationModifier: {scheme: INT8}
            """);

    assertThat(recipe.modifiers())
        .extracting(
            modifier -> ((ListedTargets) modifier.targets()).groups().get(0).scheme().name())
        .containsExactly("W4A16", "W8A8", "W3A16", "W2A16", "INT8");
    assertThat(recipe.needsCalibration()).isTrue();
    assertThat(parse(PLAIN).needsCalibration()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.5 | 0.5",
        "1e-3 | 0.001",
        "1E-3 | 0.001",
        "1.e-3 | 0.001",
        ".05 | 0.05",
        "1.0e-02 | 0.01",
        "0 | 0.0",
        "1 | 1.0",
        "+1 | 1.0",
        "0_0.5 | 0.5",
      })
  void numbersMayBeSpelledAsYamlAllows(String spelled, double meant) {
    Recipe recipe =
        parse("modifiers: {GPTQModifier: {scheme: W4A16, dampening_frac: " + spelled + "}}");

    assertThat(recipe.modifiers().get(0).settings().members().get("dampening_frac"))
        .isEqualTo(Json.of(meant));
  }

  @Test
  void aliasesStandForWhatTheyName() {
    Recipe recipe =
        parse(
            """
            modifiers:
            - QuantizationModifier: {scheme: W8A8, targets: &attention ['re:.*self_attn']}
            - GPTQModifier: {scheme: W4A16, targets: Linear, ignore: *attention}
            """);

    assertThat(((ListedTargets) recipe.modifiers().get(1).targets()).ignore())
        .containsExactly("re:.*self_attn");
  }

  @ParameterizedTest
  @CsvSource({
    "gptq-w4a16-asym, GPTQModifier, W4A16_ASYM, static",
    "gptq-w4a16-group, GPTQModifier, W4A16, group",
    "datafree-w8a8, QuantizationModifier, W8A8,"
  })
  void recipesThatTheReferenceWroteAreRead(String file, String name, String scheme, String actorder)
      throws IOException {
    String text = Files.readString(TestData.golden().resolve("recipes").resolve(file + ".yaml"));

    Modifier modifier = parse(text).modifiers().get(0);

    assertThat(modifier.name()).isEqualTo(name);
    Map<String, Json> settings = modifier.settings().members();
    assertThat(settings)
        .containsEntry("scheme", Json.of(scheme))
        .containsEntry("ignore", Json.of(List.of("lm_head")))
        .containsEntry("targets", Json.of(List.of("Linear")));
    assertThat(settings.get("actorder")).isEqualTo(actorder == null ? null : Json.of(actorder));
  }

  @Test
  void mergeKeysBringInWhatAMapDoesNotSay() {
    Recipe recipe =
        parse(
            """
            modifiers:
            - GPTQModifier: &base {scheme: W4A16, ignore: [lm_head], block_size: 64}
            - GPTQModifier: {<<: *base, targets: ['re:.*mlp.*'], block_size: 32}
            """);

    assertThat(recipe.modifiers().get(1).settings().members())
        .containsEntry("scheme", Json.of("W4A16"))
        .containsEntry("ignore", Json.of(java.util.List.of("lm_head")))
        .containsEntry("block_size", Json.of(32));
  }

  @Test
  void sectionsAndGroupsOfAStageKeepTheirOrder() {
    Recipe recipe =
        parse(
            """
            s_stage:
              quantize: {algorithm: null, quant_cfg: [{quantizer_name: '*', enable: false}]}
              s_modifiers: {SparseGPTModifier: {sparsity: 0.5}}
            """);

    assertThat(recipe.modifiers())
        .extracting(Modifier::name)
        .containsExactly("QuantizationModifier", "SparseGPTModifier");
  }

  @Test
  void cachesAloneMayBeQuantized() {
    Recipe recipe =
        parse("modifiers: {QuantizationModifier: {kv_cache_scheme: {num_bits: 8, type: float}}}");

    assertThat(((ListedTargets) recipe.modifiers().get(0).targets()).kvCache()).isPresent();
    assertThat(parse(RecipeWriter.write(recipe)).modifiers()).isEqualTo(recipe.modifiers());
  }

  @Test
  void scheduleOfTrainingIsSaidToChangeNothing() {
    assertThat(
            parse("modifiers:\n  QuantizationModifier: {scheme: W8A8, start: 0, end: null}\n")
                .notes())
        .containsExactly("recipe.yaml:2:47: start counts while training; here it changes nothing");
  }
}
