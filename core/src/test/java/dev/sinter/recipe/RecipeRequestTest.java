/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request makes of recipes: which, with which arguments, which stage of them. */
class RecipeRequestTest {
  private static final String ROUNDING = "QuantizationModifier: {scheme: W8A8}";

  @TempDir private Path temp;

  private static Recipe load(Map<String, String> args, Optional<String> stage, String... recipes) {
    return Recipes.load(new RecipeRequest(List.of(recipes), args, stage, List.of(), Dialect.ANY));
  }

  private static Recipe load(String recipe) {
    return load(Map.of(), Optional.empty(), recipe);
  }

  private static Json setting(Recipe recipe, int modifier, String name) {
    return recipe.modifiers().get(modifier).settings().members().get(name);
  }

  private static List<String> stages(Recipe recipe) {
    return recipe.stages().stream().map(Stage::name).toList();
  }

  private static List<String> schemes(Recipe recipe) {
    return recipe.modifiers().stream()
        .map(modifier -> ((Json.Str) modifier.settings().members().get("scheme")).value())
        .toList();
  }

  private static final String STAGES =
      """
      stages:
        first:
          run_type: oneshot
          modifiers: {QuantizationModifier: {scheme: W4A16}}
        second:
          a_modifiers: [{GPTQModifier: {scheme: W8A8}}, {QuantizationModifier: {scheme: FP8}}]
        third: {enabled: false, modifiers: {QuantizationModifier: {scheme: W8A16}}}
      last_stage: {x_modifiers: {GPTQModifier: {scheme: W4A8}}}
      """;
  private static final String LIST =
      """
      stages:
      - name: first
        modifiers: {QuantizationModifier: {scheme: W4A16}}
      - modifiers: {QuantizationModifier: {scheme: W8A8}}
      """;

  @Test
  void stagesAreAMapAListOrKeysOfTheirOwn() {
    assertThat(stages(load(STAGES))).containsExactly("first", "second", "last");
    assertThat(schemes(load(STAGES))).containsExactly("W4A16", "W8A8", "FP8", "W4A8");
    assertThat(stages(load(LIST))).containsExactly("first", "stage1");
    assertThat(schemes(load(LIST))).containsExactly("W4A16", "W8A8");
  }

  @Test
  void stageThatIsTurnedOffIsLeftOutWithANote() {
    assertThat(load(STAGES).notes()).singleElement().asString().contains("third");
  }

  @ParameterizedTest
  @CsvSource({"first, W4A16", "second, W8A8 FP8", "last, W4A8", "last_stage, W4A8"})
  void onlyTheStageThatIsAskedForIsTaken(String stage, String schemes) {
    assertThat(schemes(load(Map.of(), Optional.of(stage), STAGES)))
        .containsExactly(schemes.split(" "));
  }

  @Test
  void recipeOfWhichAllIsTurnedOffIsNoRecipe() {
    String off = "a_stage: {enabled: false, m_modifiers: {QuantizationModifier: {scheme: W8A8}}}";

    assertThatThrownBy(() -> load(off))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("turned off");
    assertThat(schemes(load(Map.of(), Optional.empty(), off, LIST)))
        .containsExactly("W4A16", "W8A8");
  }

  @Test
  void stageMayBeCalledAStageWhereverItStands() {
    String map = "stages: {quant_stage: {modifiers: {QuantizationModifier: {scheme: W8A8}}}}";
    String list =
        "stages: [{name: quant_stage, modifiers: {QuantizationModifier: {scheme: W8A8}}}]";

    for (String recipe : List.of(map, list)) {
      assertThat(stages(load(Map.of(), Optional.of("quant_stage"), recipe)))
          .containsExactly("quant");
      assertThat(stages(load(Map.of(), Optional.of("quant"), recipe))).containsExactly("quant");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fir", "firts", "third"})
  void stageThatIsNoneIsTold(String stage) {
    assertThatThrownBy(() -> load(Map.of(), Optional.of(stage), STAGES))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("--stage " + stage)
        .hasMessageContaining("first, second, last");
  }

  @Test
  void stageThatTrainsIsThereAndMissing() {
    Recipe recipe =
        load("a_stage: {run_type: train, m_modifiers: {QuantizationModifier: {scheme: W8A8}}}\n");

    assertThat(recipe.stages().get(0).runType()).isEqualTo(Stage.RunType.TRAIN);
    assertThat(recipe.missing()).singleElement().asString().contains("stage a");
    assertThat(Recipes.parse("again.yaml", RecipeWriter.write(recipe))).isEqualTo(recipe);
  }

  private static final String ARGUMENTS =
      """
      args:
        bits: 4
        half: eval(bits / 2)
        damp: 0.01
        scheme: W{}A16
      a_stage:
        args: {damp: "eval(half / 10)"}
        m_modifiers:
          GPTQModifier: {scheme: "eval('W' + str(bits) + 'A16')", dampening_frac: eval(damp), block_size: eval(bits * 8)}
      b_stage:
        m_modifiers:
          GPTQModifier: {scheme: W8A8, dampening_frac: eval(damp)}
      """;

  @Test
  void argumentsOfAStageGoOverThoseOfTheRecipe() {
    Recipe recipe = load(ARGUMENTS);

    assertThat(setting(recipe, 0, "scheme")).isEqualTo(Json.of("W4A16"));
    assertThat(setting(recipe, 0, "block_size")).isEqualTo(Json.of(32));
    assertThat(setting(recipe, 0, "dampening_frac")).isEqualTo(Json.of(0.2));
    assertThat(setting(recipe, 1, "dampening_frac")).isEqualTo(Json.of(0.01));
    assertThat(recipe.notes()).singleElement().asString().contains("\"scheme\"");
  }

  @Test
  void argumentsOfTheRequestGoOverAll() {
    Recipe recipe = load(Map.of("bits", "8", "damp", "0.5"), Optional.empty(), ARGUMENTS);

    assertThat(setting(recipe, 0, "scheme")).isEqualTo(Json.of("W8A16"));
    assertThat(setting(recipe, 0, "block_size")).isEqualTo(Json.of(64));
    assertThat(setting(recipe, 0, "dampening_frac")).isEqualTo(Json.of(0.5));
    assertThat(setting(recipe, 1, "dampening_frac")).isEqualTo(Json.of(0.5));
    assertThat(setting(load(Map.of("bits", "6"), Optional.empty(), ARGUMENTS), 0, "dampening_frac"))
        .isEqualTo(Json.of(0.3));
  }

  @Test
  void argumentThatNothingEvaluatesIsRefused() {
    assertThatThrownBy(() -> load(Map.of("bist", "8"), Optional.empty(), ARGUMENTS))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("bist")
        .hasMessageContaining("Did you mean bits?");
  }

  @Test
  void recipesFollowEachOtherAndShareTheArgumentsOfTheRequest() throws IOException {
    Path first =
        Files.writeString(
            temp.resolve("a.yaml"),
            "a_stage: {modifiers: {GPTQModifier:" + " {scheme: W4A16, block_size: eval(n)}}}\n");
    String second =
        "args: {n: 3}\nmodifiers: {QuantizationModifier: {scheme: \"eval('W' + str(n) + 'A16')\"}}\n";

    Recipe both =
        load(Map.of("n", "2"), Optional.empty(), first.toString(), second, "oneshot/w8a8");

    assertThat(stages(both)).startsWith("a", "default").hasSize(3);
    assertThat(schemes(both)).containsExactly("W4A16", "W2A16", "W8A8");
    assertThat(setting(both, 0, "block_size")).isEqualTo(Json.of(2));
    assertThat(Recipes.parse("again.yaml", RecipeWriter.write(both)).modifiers())
        .isEqualTo(both.modifiers());
  }

  @Test
  void jsonMayBeIndentedByTabs() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("r.json"),
            "{\n\t\"modifiers\": {\n\t\t\"QuantizationModifier\": {\"scheme\": \"W4A16\",\t\"ignore\":"
                + " [\"lm_head\"]}\n\t}\n}\n");

    assertThat(schemes(load(file.toString()))).containsExactly("W4A16");
    assertThat(load(Files.readString(file)).modifiers())
        .isEqualTo(load(file.toString()).modifiers());
  }

  @ParameterizedTest
  @ValueSource(strings = {"---", "+++"})
  void markdownBeginsWithTheRecipe(String ruler) throws IOException {
    String text = "\n" + ruler + "\nmodifiers:\n  QuantizationModifier:\n    scheme: W4A16\n";
    Path file =
        Files.writeString(temp.resolve("r.md"), text + ruler + "\n# A model\n---\n: no yaml [\n");
    Path wrong =
        Files.writeString(temp.resolve("w.md"), text.replace("W4A16", "W4A61") + ruler + "\n");

    assertThat(schemes(load(file.toString()))).containsExactly("W4A16");
    assertThatThrownBy(() -> load(wrong.toString()))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("w.md:5:13: ")
        .hasMessageContaining("Did you mean");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "modifiers: {QuantizationModifier: {scheme: W4A16}}",
        "  q_modifiers:   {QuantizationModifier: {scheme: W4A16}}",
        "{modifiers: {QuantizationModifier: {scheme: W4A16}}}",
        "{\"modifiers\": {\"QuantizationModifier\": {\"scheme\": \"W4A16\"}}}",
        "# comment\nmodifiers:\n  QuantizationModifier:\n    scheme: W4A16\n",
      })
  void textStandsInPlaceOfAFile(String text) {
    assertThat(schemes(load(text))).containsExactly("W4A16");
  }

  @ParameterizedTest
  @CsvSource({
    "WANDA, WandaPruningModifier",
    "SparseGPT, SparseGPTModifier",
    "GPTQ, GPTQModifier",
    "AWQ, AWQModifier",
    "SmoothQuant, SmoothQuantModifier",
    "DistillationModifier, OutputDistillationModifier",
  })
  void olderNamesMeanTheModifiersOfToday(String older, String name) {
    String settings =
        switch (name) {
          case "GPTQModifier" -> "{scheme: W4A16}";
          case "WandaPruningModifier", "SparseGPTModifier" -> "{sparsity: 0.5}";
          default -> "{}";
        };

    assertThat(load("modifiers: {" + older + ": " + settings + ", " + ROUNDING + "}").modifiers())
        .extracting(Modifier::name)
        .first()
        .isEqualTo(name);
  }

  @Test
  void recipeOfThePeerWithTuplesIsReadWithANote() {
    Recipe recipe =
        load(
            """
            default_stage:
              default_modifiers:
                SmoothQuantModifier:
                  smoothing_strength: 0.8
                  mappings:
                  - !!python/tuple
                    - ['re:.*q_proj', 're:.*k_proj', 're:.*v_proj']
                    - re:.*input_layernorm
                GPTQModifier: {targets: [Linear], ignore: [lm_head], scheme: W8A8}
            """);

    assertThat(recipe.modifiers())
        .extracting(Modifier::name)
        .containsExactly("SmoothQuantModifier", "GPTQModifier");
    assertThat(recipe.notes()).singleElement().asString().contains("!!python/tuple");
  }

  @Test
  void quantizeSectionMayStandInAStage() {
    Recipe recipe =
        load(
            """
            a_stage: {modifiers: {SmoothQuantModifier: {}}}
            b_stage:
              quantize:
                algorithm: gptq
                quant_cfg: [{quantizer_name: '*', cfg: {num_bits: 8}}]
            """);

    assertThat(stages(recipe)).containsExactly("a", "b");
    assertThat(recipe.modifiers())
        .extracting(Modifier::name)
        .containsExactly("SmoothQuantModifier", "GPTQModifier");
  }
}
