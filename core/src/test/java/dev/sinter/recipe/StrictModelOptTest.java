/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ModelOpt of today takes, and what it does not, when it is to be kept to. */
class StrictModelOptTest {
  private static final String ATTRIBUTES =
      "# modelopt-schema: modelopt.torch.quantization.config.QuantizerAttributeConfig\n";
  private static final String STRICT =
      """
      imports:
        base: configs/ptq/units/base_disable_all
        fp8: configs/numerics/fp8
      metadata: {recipe_type: ptq, description: Strict.}
      quantize:
        algorithm: max
        quant_cfg:
        - $import: base
        - {quantizer_name: '*weight_quantizer', cfg: {$import: fp8}}
      """;

  @TempDir private Path temp;

  private Path write(String name, String text) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static List<String> problems(RecipeRequest request) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> Recipes.load(request));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  private static RecipeRequest strict(String recipe) {
    return new RecipeRequest(
        List.of(recipe), Map.of(), Optional.empty(), List.of(), Dialect.STRICT_MODELOPT);
  }

  @Test
  void strictTakesWhatModelOptTakes() throws IOException {
    Path recipe = write("r.yml", STRICT);

    assertThat(Recipes.load(strict(recipe.toString()))).isEqualTo(Recipes.load(recipe.toString()));
    for (String name : Recipes.names()) {
      if (name.startsWith("general/ptq/")) {
        assertThat(Recipes.load(strict(name)).notes()).isEmpty();
      }
    }
  }

  @Test
  void strictDoesNotLookBesideTheRecipe() throws IOException {
    write("beside.yml", ATTRIBUTES + "num_bits: 3\n");
    Path recipe = write("r.yml", STRICT.replace("configs/numerics/fp8", "beside"));

    assertThat(RecipeWriter.write(Recipes.load(recipe.toString()))).contains("num_bits: 3");
    assertThatThrownBy(() -> Recipes.load(strict(recipe.toString())))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("there is no snippet beside");
  }

  @Test
  void strictRefusesWhatOnlyOlderOrWiderFormsHave() throws IOException {
    write("bare.yml", "num_bits: 8\n");
    String bare = STRICT.replace("configs/numerics/fp8", "bare");
    String renamed = STRICT.replace("ptq/units/base", "ptq/base");
    String author = STRICT.replace("Strict.", "Strict., author: me");
    String noType = STRICT.replace("recipe_type: ptq, ", "");
    String section = STRICT + "modifiers: {QuantizationModifier: {scheme: W4A16}}\n";
    String twoDocuments = STRICT.replace("metadata:", "---\nmetadata:");

    for (String text : List.of(bare, renamed, author, noType, section, twoDocuments)) {
      Path recipe = write("r.yml", text);

      assertThat(problems(strict(recipe.toString()))).as(text).hasSize(1);
      assertThat(Recipes.load(recipe.toString()).modifiers()).as(text).isNotEmpty();
    }
    write("folder/recipe.yml", "metadata: {recipe_type: ptq}\n");
    write("folder/quantize.yml", "quant_cfg: [{quantizer_name: '*', enable: true}]\n");
    assertThat(problems(strict(temp.resolve("folder").toString()))).isNotEmpty();
    assertThat(problems(strict("general/ptq/fp8_default-fp8_kv"))).isNotEmpty();
  }
}
