/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.plan.QuantizerSummary;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ModelOpt's general recipes, resolved on the demo model, against what ModelOpt itself says. */
class GeneralRecipesGoldenTest {
  private static final Json.Obj GOLDEN =
      TestData.json(TestData.golden().resolve("recipes/modelopt-general-ptq.json"));

  static Stream<String> names() {
    return GOLDEN.members().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void resolvesAsThePeerDoes(String name) throws IOException {
    Recipe recipe = Recipes.load(name);
    Json.Obj golden = (Json.Obj) GOLDEN.members().get(name);

    Json.Obj summary =
        QuantizerSummary.of(
                Checkpoint.open(FileStores.at(TestData.tinyLlamaBf16().toString())), recipe)
            .json();

    assertThat(summary.members().get("enabled_quantizers"))
        .isEqualTo(golden.members().get("enabled_quantizers"));
    assertThat(recipe.modifiers()).hasSize(1);
    Modifier modifier = recipe.modifiers().get(0);
    assertSaysAll(
        modifier.settings().members().get("algorithm"), golden.members().get("algorithm"));
  }

  /** Ours states the defaults, too. */
  private static void assertSaysAll(Json ours, Json golden) {
    if (golden instanceof Json.Obj settings) {
      settings
          .members()
          .forEach((name, value) -> assertSaysAll(((Json.Obj) ours).members().get(name), value));
    } else {
      assertThat(number(ours)).isEqualTo(number(golden));
    }
  }

  private static Object number(Json value) {
    return value instanceof Json.Num number ? (Object) number.asDouble() : value;
  }
}
