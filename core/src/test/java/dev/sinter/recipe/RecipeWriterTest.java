/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeWriterTest {
  private static final ModifierRegistry REGISTRY = new ModifierRegistry();

  private static Recipe parse(String text) {
    return Recipes.parse("recipe.yaml", text);
  }

  private static Recipe recipe(String name, Map<String, Json> settings) {
    return Recipe.of(REGISTRY.create(name, settings));
  }

  @Test
  void writesTheFormOfTheReference() {
    Recipe recipe =
        parse("modifiers: {GPTQModifier: {scheme: w4a16, ignore: lm_head, dampening_frac: 1e-5}}");

    assertThat(RecipeWriter.write(recipe))
        .isEqualTo(
            """
            default_stage:
              default_modifiers:
                GPTQModifier:
                  targets: [Linear]
                  ignore: [lm_head]
                  scheme: W4A16
                  block_size: 128
                  dampening_frac: 1.0E-5
                  actorder: static
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "modifiers: {QuantizationModifier: {scheme: FP8_DYNAMIC, ignore: ['re:.*(q|k)_proj$', 'no']}}",
        "modifiers: {GPTQModifier: {scheme: W4A16, actorder: null, dampening_frac: 1e-7}}",
        "modifiers: {GPTQModifier: {scheme: W4A16, actorder: group, block_size: 7}}",
        "modifiers: {GPTQModifier: {scheme: W4A16}, QuantizationModifier: {scheme: W8A8}}",
        "modifiers: [GPTQModifier: {scheme: W4A16}, GPTQModifier: {scheme: W8A8, ignore: a}]",
      })
  void whatIsWrittenReadsBackTheSame(String text) {
    Recipe recipe = parse(text);

    assertThat(parse(RecipeWriter.write(recipe))).isEqualTo(recipe);
  }

  @Test
  void groupsAreWrittenInFullInAFixedOrderAndReadBackTheSame() {
    Recipe recipe =
        parse(
            """
            modifiers:
              QuantizationModifier:
                ignore: [lm_head]
                config_groups:
                  mlp:
                    weights: {type: int, symmetric: false, num_bits: 4, group_size: 32}
                    targets: ['re:.*mlp.*']
                  rest:
                    input_activations: {dynamic: true, strategy: token, type: float, num_bits: 8}
                    targets: [Linear]
                    weights: {strategy: channel, type: float, num_bits: 8}
            """);

    String written = RecipeWriter.write(recipe);

    assertThat(written)
        .startsWith(
            """
            default_stage:
              default_modifiers:
                QuantizationModifier:
                  config_groups:
                    group_0:
                      targets: ['re:.*mlp.*']
                      weights:
                        actorder: null
                        block_structure: null
                        dynamic: false
                        group_size: 32
                        num_bits: 4
            """);
    assertThat(RecipeWriter.write(parse(written))).isEqualTo(written);
  }

  @Test
  void anyNameReadsBackTheSame() {
    Random random = new Random(1);
    String alphabet = "ab.:#-_'\"\\ ,[]{}&*!|>%@`~=<?1eE0\u00e9\u2028\u0085\u007f\t\n\uFEFF";
    for (int run = 0; run < 300; run++) {
      List<String> names =
          new ArrayList<>(
              List.of("yes", "null", "1e5", "~", "0x1", "<<", "2020-01-01", "a: b", ""));
      for (int i = 0; i < 5; i++) {
        StringBuilder name = new StringBuilder();
        int length = 1 + random.nextInt(8);
        for (int c = 0; c < length; c++) {
          name.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        names.add(name.append(new String(Character.toChars(0x1f600))).toString());
      }
      Recipe recipe =
          recipe(
              "QuantizationModifier", Map.of("scheme", Json.of("W4A16"), "ignore", Json.of(names)));

      assertThat(parse(RecipeWriter.write(recipe))).isEqualTo(recipe);
    }
  }

  @Test
  void anyDampeningReadsBackTheSame() {
    Random random = new Random(2);
    for (int run = 0; run < 300; run++) {
      double dampening = Math.pow(10, -random.nextInt(300)) * random.nextDouble();
      Recipe recipe =
          recipe(
              "GPTQModifier",
              Map.of("scheme", Json.of("W4A16"), "dampening_frac", Json.of(dampening)));

      assertThat(parse(RecipeWriter.write(recipe))).isEqualTo(recipe);
    }
  }
}
