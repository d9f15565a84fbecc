/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.modifier.Modifier;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a person reads who wrote a wrong recipe. The table is in {@code recipe-errors}: a title, the
 * recipe (␉ is a tab), an arrow, and all that is said.
 */
class RecipeErrorsTest {

  private static String message(String text) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> Recipes.parse("r.yaml", text));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.getMessage();
  }

  private static final Pattern ENTRIES = Pattern.compile("(?m)^## ");

  static Stream<Arguments> table() throws IOException {
    List<Arguments> table = new ArrayList<>();
    for (String file : List.of("yaml", "stages", "modifiers", "modelopt")) {
      for (String entry : ENTRIES.split(read(file + ".txt"), -1)) {
        String[] parts = entry.split("\n(?=-->\n)|(?<=^[^\n]{1,99})\n|(?<=\n-->)\n", 3);
        if (parts.length == 3) {
          table.add(
              Arguments.of(
                  file + ": " + parts[0], parts[1] + "\n", parts[2].substring(4).stripTrailing()));
        }
      }
    }
    return table.stream();
  }

  private static String read(String file) throws IOException {
    try (InputStream in = RecipeErrorsTest.class.getResourceAsStream("/recipe-errors/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void wrongRecipeIsTold(String title, String recipe, String problems) {
    assertThat(message(recipe.replace('␉', '\t'))).isEqualTo(problems);
  }

  @Test
  void tableIsRead() throws IOException {
    assertThat(table()).hasSizeGreaterThan(160);
  }

  @Test
  void emptyRecipeIsTold() {
    assertThat(message(""))
        .isEqualTo(
            "r.yaml: the recipe is empty; write for example modifiers: {QuantizationModifier:"
                + " {scheme: W4A16}}");
  }

  @Test
  void aliasesThatMultiplyAreTold() {
    StringBuilder lists = new StringBuilder("[a]");
    for (int level = 0; level < 24; level++) {
      lists.insert(0, "[&a" + level + " ").append(", *a" + level + "]");
    }

    assertThat(message("modifiers: {GPTQModifier: {scheme: W4A16, ignore: " + lists + "}}"))
        .contains(
            "from here on, with its aliases spelled out, the text has more than 100000 values")
        .hasLineCount(3);
  }

  @Test
  void aliasesThatNestAreTold() {
    StringBuilder text = new StringBuilder("args:\n- &a0 [x]\n");
    for (int level = 1; level < 20_000; level++) {
      text.append("- &a").append(level).append(" [*a").append(level - 1).append("]\n");
    }

    assertThat(message(text.toString()))
        .contains("with its aliases spelled out, this is nested more than 50 deep")
        .hasLineCount(3);
  }

  @Test
  void aTextOfManyCharactersIsTold() {
    assertThat(message("# " + "x".repeat(1 << 20) + "\nmodifiers: {}"))
        .isEqualTo("r.yaml: the text has more than a million characters, which no recipe needs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WANDA: {sparsity: 0.5, mask_structure: '2:4'} | WandaPruningModifier",
        "SparseGPT: {sparsity: 0.5} | SparseGPTModifier",
        "DistillationModifier: {} | OutputDistillationModifier",
        "GPTQ: {scheme: W4A16} | GPTQModifier",
        "AWQ: {}, AutoRoundModifier: {} | AWQModifier",
        "SmoothQuant: {smoothing_strength: 0.8} | SmoothQuantModifier",
      })
  void modifierOfOlderDocumentsIsMeant(String modifier, String name) {
    assertThat(Recipes.parse("r.yaml", "modifiers: {" + modifier + "}").modifiers())
        .extracting(Modifier::name)
        .startsWith(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"W8A8_DYNAMIC", "w8a8_dynamic", "INT8-dynamic"})
  void schemeOfOlderDocumentsIsMeantAndNoted(String scheme) {
    String older = "modifiers:\n  QuantizationModifier:\n    scheme: " + scheme + "\n";
    String note =
        "r.yaml:3:13: "
            + scheme
            + " is called W8A8 now; that is taken, which quantizes inputs when the model runs, by"
            + " token";

    Recipe recipe = Recipes.parse("r.yaml", older);

    assertThat(recipe.notes()).containsExactly(note);
    assertThat(recipe.modifiers())
        .isEqualTo(Recipes.parse("r.yaml", older.replace(scheme, "W8A8")).modifiers());
  }
}
