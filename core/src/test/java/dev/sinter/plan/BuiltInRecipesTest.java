/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.RecipeWriter;
import dev.sinter.recipe.Recipes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is built in loads, is written and read back, and plans the same then. */
class BuiltInRecipesTest {
  private static final Checkpoint LLAMA = Meaning.tinyLlama();

  static Stream<String> recipes() {
    return Recipes.names().stream()
        .filter(name -> !name.startsWith("configs/"))
        .filter(name -> !name.endsWith("disabled_quantizers") && !name.endsWith(".quant_cfg"));
  }

  static Stream<String> snippets() {
    List<String> recipes = recipes().toList();
    return Recipes.names().stream().filter(name -> !recipes.contains(name));
  }

  /** What a recipe comes to, or why it cannot. */
  private static Object meaning(Recipe recipe) {
    try {
      return Meaning.of(LLAMA, recipe);
    } catch (RequestException e) {
      return e.problems().stream()
          .map(text -> text.replaceAll("\\([^()]*:\\d+:\\d+(, )?", "("))
          .toList();
    }
  }

  private static List<String> names(Recipe recipe) {
    return recipe.modifiers().stream().map(Modifier::name).toList();
  }

  private static List<Json> settings(Recipe recipe) {
    return recipe.modifiers().stream().map(m -> (Json) m.settings()).toList();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void loadsWithoutNotes(String name) {
    Recipe recipe = Recipes.load(name);

    assertThat(recipe.modifiers()).isNotEmpty();
    assertThat(recipe.notes()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void isWrittenAndReadBackTheSame(String name) {
    Recipe recipe = Recipes.load(name);

    String written = RecipeWriter.write(recipe);
    Recipe again = Recipes.parse("recipe.yaml", written);

    assertThat(names(again)).isEqualTo(names(recipe));
    assertThat(settings(again)).isEqualTo(settings(recipe));
    assertThat(again.missing()).isEqualTo(recipe.missing());
    assertThat(again.metadata()).isEqualTo(recipe.metadata());
    assertThat(again.notes()).isEmpty();
    assertThat(RecipeWriter.write(again)).isEqualTo(written);
    assertThat(meaning(again)).isEqualTo(meaning(recipe));
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void snippetLoadsAsData(String name) {
    Json config = Recipes.loadConfig(name);

    assertThat(config).isInstanceOfAny(Json.Obj.class, Json.Arr.class);
    assertThat(markers(config)).isEmpty();
  }

  /** Imports that nothing resolved. */
  private static List<String> markers(Json json) {
    List<String> found = new ArrayList<>();
    if (json instanceof Json.Obj object) {
      object
          .members()
          .forEach(
              (name, value) -> {
                if (name.contains("import")) {
                  found.add(name);
                }
                found.addAll(markers(value));
              });
    } else if (json instanceof Json.Arr array) {
      array.items().forEach(item -> found.addAll(markers(item)));
    }
    return found;
  }

  /** What no format holds, and what asks for experts of a model that has none. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "general/ptq/nvfp4_default-kv_nvfp4_cast", "caches of eight bits",
          "general/ptq/nvfp4_mlp_weight_only", "e2m1 in blocks of 32",
          "huggingface/gemma/ptq/w4a8_awq-kv_fp8_cast", "two quantizers in sequence",
          "huggingface/gemma4/ptq/w4a8_awq-kv_fp8_cast", "two quantizers in sequence",
          "huggingface/mpt/ptq/w4a8_awq-kv_fp8_cast", "two quantizers in sequence",
          "huggingface/minimax_m3_vl/ptq/nvfp4_experts_only", "touches no module",
          "huggingface/vit/ptq/fp8", "quantized queries or scores");

  @ParameterizedTest
  @MethodSource("recipes")
  void plansOnTheDemoModelOrSaysWhyNot(String name) {
    Object meaning = meaning(Recipes.load(name));

    if (REFUSED.containsKey(name)) {
      assertThat(meaning.toString()).contains(REFUSED.get(name));
    } else {
      assertThat(meaning).isInstanceOf(Meaning.class);
    }
  }
}
