/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlReader;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema that editors are given takes what is a recipe, and nothing else. */
class RecipeSchemaTest {
  private static final Json.Obj SCHEMA = RecipeSchema.json();
  private static final SchemaCheck CHECK = new SchemaCheck(SCHEMA);

  private static Json yaml(String text) {
    Problems problems = new Problems();
    List<YamlNode> read = YamlReader.read("recipe.yaml", text, problems, note -> {});
    problems.throwIfAny();
    return read.get(read.size() - 1).json();
  }

  static Stream<String> recipes() {
    return Recipes.names().stream().filter(name -> !ResolvedConfig.isSnippet(name));
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyBuiltInRecipeFitsAsItIsWrittenAndAsItIsResolved(String name) {
    assertThat(CHECK.problems(yaml(Recipes.source(name)))).isEmpty();
    assertThat(CHECK.problems(RecipeWriter.json(Recipes.load(name)))).isEmpty();
  }

  @Test
  void everyReferenceResolves() {
    Matcher refs =
        Pattern.compile("\"\\$ref\":\\s*\"([^\"]+)\"").matcher(JsonWriter.compact(SCHEMA));
    int found = 0;
    while (refs.find()) {
      assertThat(refs.group(1)).startsWith("#/$defs/");
      assertThat(CHECK.resolve(refs.group(1))).isNotNull();
      found++;
    }
    assertThat(found).isGreaterThan(100);
  }

  @Test
  void everyModifierIsThereWithItsMeaning() {
    Json.Obj definitions = (Json.Obj) SCHEMA.members().get("$defs");

    new ModifierRegistry()
        .factories()
        .forEach(
            factory ->
                assertThat(
                        ((Json.Obj) definitions.members().get(factory.table().owner())).members())
                    .containsEntry("description", Json.of(factory.meaning())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{modifiers: [{GPTQModifier: {block_size: eval(size)}}], args: {size: 64}}",
        "a_stage: {b_modifiers: {QuantizationModifier: }, run_type: oneshot}",
        "stages: {a: {quantize: {$import: x, algorithm: [max, {method: gptq}]}}}",
        "quantize: {quant_cfg: [{$import: [x, y]}, {'*': {enable: false}}], algorithm: }",
        "quantize: {quant_cfg: {'*weight_quantizer': {num_bits: [4, 3]}, default: {enable: false}}}",
        "quantize: {quant_cfg: [{quantizer_name: '*', cfg: [{num_bits: 4, block_sizes: {-1: 128}}]}]}",
        "{dataset: {dataset: a.jsonl, num_calibration_samples: 8}, modifiers: []}",
      })
  void takesEveryForm(String recipe) {
    assertThat(CHECK.problems(yaml(recipe))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modifires: {}                                             | .modifires",
        "modifiers: {GPTQModifer: {}}                              | GPTQModifer",
        "modifiers: {GPTQModifier: {blocksize: 64}}                | blocksize",
        "modifiers: {GPTQModifier: {block_size: many}}             | block_size",
        "quantize: {algorithm: max}                                | quant_cfg",
        "quantize: {quant_cfg: [], algorithm: awq}                 | awq",
        "quantize: {quant_cfg: [], algorithm: {method: gptq, x: 1}} | .algorithm.x",
        "quantize: {quant_cfg: [{cfg: {num_bits: 4}}]}             | quantizer_name",
        "quantize: {quant_cfg: [{quantizer_name: a, cfg: {num_bits: fp8}}]} | fp8",
        "dataset: {samples: 5}                                     | .dataset.samples",
        "metadata: {recipe_type: qat}                              | qat",
      })
  void marksWhatIsWrong(String recipe, String shown) {
    assertThat(CHECK.problems(yaml(recipe)).toString()).contains(shown);
  }
}
