/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.recipe.Stage;
import org.junit.jupiter.api.Test;

/** The examples of llm-compressor's older guide; where they are at fault, the error mends them. */
class OlderCompressorGuideTest {
  private static final String SIMPLE =
      """
      # my_quant_recipe.yaml

      # This section lists the compression techniques (Modifiers) to apply
      modifiers:
        # We are using the QuantizationModifier
        QuantizationModifier:
          # Apply quantization to layers of type "Linear"
          targets: ["Linear"]
          # Use the W8A8 dynamic scheme (8-bit weights, 8-bit dynamic activations)
          scheme: W8A8_DYNAMIC
          # Don't quantize the final 'lm_head' layer, as it can hurt accuracy
          ignore: ["lm_head"]
      """;

  private static final String STAGES =
      """
      version: 1.0

      args:
        target_sparsity: 0.5
        quant_bits: 8

      metadata:
        description: "Example recipe showing structure"
        author: "Beginner AI"

      quant_stage: # Name of the first stage
        # Modifiers applied during this stage
        quantization_modifiers: # Group name often ends in '_modifiers'
          QuantizationModifier:
            targets: ["Linear"]
            # Use the global 'quant_bits' argument defined above
            scheme: FAKE # Just an example, not a real scheme
            bits: eval(quant_bits) # 'eval' can use values from 'args'
            start: 0 # When using 'train', specifies start step/epoch
            end: 1   # When using 'train', specifies end step/epoch

      pruning_stage: # Name of the second stage
        pruning_modifiers:
          MagnitudePruningModifier:
            targets: ["re:model.layers.*\\.mlp.*"] # Target specific layers using patterns
            # Use the global 'target_sparsity' argument
            final_sparsity: eval(target_sparsity)
            start: 1 # Start after quantization finishes
            end: 5   # End later in training
      """;

  private static Recipe parse(String text) {
    return Recipes.parse("my_recipe.yaml", text);
  }

  @Test
  void simpleRecipeIsW8A8ByToken() {
    String today = SIMPLE.replace("W8A8_DYNAMIC", "W8A8");
    Meaning meaning = Meaning.of(today);

    assertThat(meaning.modules()).hasSize(14).noneMatch(plan -> plan.module().equals("lm_head"));
    assertThat(meaning.missing()).isEmpty();
    assertThat(meaning)
        .isEqualTo(
            Meaning.of(
                """
                quantize:
                  quant_cfg:
                  - {quantizer_name: '*', enable: false}
                  - {quantizer_name: '*proj.weight_quantizer', cfg: {num_bits: 8, axis: 0}}
                  - quantizer_name: '*proj.input_quantizer'
                    cfg: {num_bits: 8, type: dynamic, block_sizes: {-1: }}
                """));
  }

  @Test
  void nameOfTheSchemeOfThatTimeLeadsToToday() {
    try {
      assertThat(parse(SIMPLE).modifiers())
          .isEqualTo(parse(SIMPLE.replace("W8A8_DYNAMIC", "W8A8")).modifiers());
    } catch (RequestException e) {
      assertThat(e).hasMessageContaining("W8A8");
    }
  }

  @Test
  void backslashInDoubleQuotesIsExplained() {
    assertThat(STAGES).contains("layers.*\\.mlp");
    assertThatThrownBy(() -> parse(STAGES))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("my_recipe.yaml:25:")
        .hasMessageContaining("single quotes");
  }

  @Test
  void schemeThatIsNoneAndBitsAreBothSaid() {
    String quoted = STAGES.replace("\"re:model.layers.*\\.mlp.*\"", "'re:model.layers.*\\.mlp.*'");

    assertThatThrownBy(() -> parse(quoted))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("my_recipe.yaml:17:")
        .hasMessageContaining("\"FAKE\"")
        .hasMessageContaining("my_recipe.yaml:18:")
        .hasMessageContaining("Bits are part of the scheme");
  }

  @Test
  void mendedItIsTwoStagesWithTheirArguments() {
    Recipe recipe =
        parse(
            STAGES
                .replace("\"re:model.layers.*\\.mlp.*\"", "'re:model.layers.*\\.mlp.*'")
                .replace("scheme: FAKE", "scheme: eval('W' + str(quant_bits) + 'A8')")
                .replaceFirst(" *bits: eval.*\n", ""));

    assertThat(recipe.stages()).extracting(Stage::name).containsExactly("quant", "pruning");
    assertThat(recipe.modifiers())
        .extracting(Modifier::name)
        .containsExactly("QuantizationModifier", "MagnitudePruningModifier");
    assertThat(recipe.modifiers().get(0).settings().members())
        .containsEntry("scheme", Json.of("W8A8"));
    assertThat(recipe.modifiers().get(1).settings().members())
        .containsEntry("final_sparsity", Json.of(0.5));
    assertThat(recipe.metadata().members()).containsEntry("author", Json.of("Beginner AI"));
  }
}
