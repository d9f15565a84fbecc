/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static dev.sinter.plan.LlamaQuantizers.everyLinearAndCaches;
import static dev.sinter.plan.LlamaQuantizers.quantizers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of ModelOpt's older guide, as they stand there, mean what it says. */
class OlderModelOptGuideTest {
  private static final String INLINE =
      """
      metadata:
        recipe_type: ptq
        description: FP8 per-tensor weight and activation (W8A8), FP8 KV cache, max calibration.

      quantize:
        algorithm: max
        quant_cfg:
          - quantizer_name: '*'
            enable: false
          - quantizer_name: '*input_quantizer'
            cfg:
              num_bits: e4m3
              axis:
          - quantizer_name: '*weight_quantizer'
            cfg:
              num_bits: e4m3
              axis:
          - quantizer_name: '*[kv]_bmm_quantizer'
            cfg:
              num_bits: e4m3
          # ... standard exclusions omitted for brevity
      """;
  private static final String EXCLUSIONS =
      """
          - {quantizer_name: '*lm_head*', enable: false}
          - {quantizer_name: '*', parent_class: nn.Embedding, enable: false}
      """;
  private static final String IMPORTED =
      """
      imports:
        base_disable_all: configs/ptq/base_disable_all
        default_disabled: configs/ptq/default_disabled_quantizers
        fp8: configs/numerics/fp8

      metadata:
        recipe_type: ptq
        description: FP8 per-tensor weight and activation (W8A8), FP8 KV cache, max calibration.

      quantize:
        algorithm: max
        quant_cfg:
          - $import: base_disable_all
          - quantizer_name: '*input_quantizer'
            cfg:
              $import: fp8
          - quantizer_name: '*weight_quantizer'
            cfg:
              $import: fp8
          - quantizer_name: '*[kv]_bmm_quantizer'
            cfg:
              $import: fp8
          - $import: default_disabled
      """;

  private static Recipe parse(String text) {
    return Recipes.parse("recipe.yml", text);
  }

  @Test
  void inlineStyleIsFp8OfWeightsInputsAndCaches() {
    Recipe recipe = parse(INLINE + EXCLUSIONS);

    assertThat(quantizers(recipe)).isEqualTo(everyLinearAndCaches("e4m3"));
    assertThat(recipe.notes()).isEmpty();
  }

  @Test
  void inlineStyleWithoutItsExclusionsReachesHeadAndEmbedding() {
    assertThat(quantizers(parse(INLINE)))
        .containsAllEntriesOf(everyLinearAndCaches("e4m3"))
        .containsEntry("embed_tokens.weight_quantizer", "e4m3")
        .containsEntry("lm_head.weight_quantizer", "e4m3");
  }

  @Test
  void bothStylesMeanTheSame() {
    Recipe imported = parse(IMPORTED);

    assertThat(quantizers(imported)).isEqualTo(everyLinearAndCaches("e4m3"));
    assertThat(Meaning.of(IMPORTED)).isEqualTo(Meaning.of(INLINE + EXCLUSIONS));
    assertThat(imported.notes())
        .hasSize(2)
        .allMatch(note -> note.contains(" is called configs/ptq/units/"));
  }

  @Test
  void bothStylesMeanTheSameOfWhatRunsWithoutData() {
    String rules =
        """
        imports:
          base: configs/ptq/base_disable_all
          off: configs/ptq/default_disabled_quantizers
          fp8: configs/numerics/fp8
        quantize:
          quant_cfg:
            - $import: base
            - quantizer_name: '*weight_quantizer'
              cfg: {$import: fp8, axis: 0}
            - quantizer_name: '*input_quantizer'
              cfg: {$import: fp8, type: dynamic, block_sizes: {-1: }}
            - $import: off
        """;
    String same =
        """
        quantize:
          algorithm: max
          quant_cfg:
            - {quantizer_name: '*', enable: false}
            - {quantizer_name: '*weight_quantizer', cfg: {num_bits: e4m3, axis: 0}}
            - quantizer_name: '*input_quantizer'
              cfg: {num_bits: e4m3, block_sizes: {-1: null}, type: dynamic}
        """;
    Meaning meaning = Meaning.of(rules);

    assertThat(meaning).isEqualTo(Meaning.of(same + EXCLUSIONS));
    assertThat(meaning.missing()).isEmpty();
    assertThat(meaning.modules()).hasSize(14);
    assertThat(meaning)
        .isEqualTo(
            Meaning.of(
                "modifiers: {QuantizationModifier: {scheme: FP8_DYNAMIC, ignore: lm_head}}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "general/ptq/fp8_default-fp8_kv",
        "general/ptq/fp8_default-fp8_kv.yml",
        "general/ptq/fp8_default-kv_fp8",
        "general/ptq/fp8_default-kv_fp8.yaml"
      })
  void builtInRecipeMayBeCalledInAllTheseWays(String name) {
    assertThat(quantizers(Recipes.load(name))).isEqualTo(everyLinearAndCaches("e4m3"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "general/ptq/nvfp4_default-fp8_kv",
        "general/ptq/nvfp4_mlp_only-fp8_kv",
        "general/ptq/nvfp4_experts_only-fp8_kv",
        "general/ptq/nvfp4_omlp_only-fp8_kv",
        "models/Step3.5-Flash/nvfp4-mlp-only",
      })
  void recipesThatWereRenamedAreThereWithANote(String name) {
    assertThat(Recipes.load(name).notes()).anyMatch(note -> note.startsWith(name + " is called "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "configs/numerics/fp8",
        "configs/numerics/nvfp4_dynamic",
        "configs/numerics/nvfp4_static",
        "configs/ptq/base_disable_all",
        "configs/ptq/default_disabled_quantizers",
        "configs/ptq/fp8_kv",
      })
  void snippetsOfTheGuideAreThere(String name) {
    assertThat(Recipes.loadConfig(name)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max",
        "mse",
        "smoothquant",
        "awq_lite",
        "awq_full",
        "awq_clip",
        "gptq",
        "null",
        "'max'"
      })
  void algorithmsOfTheGuideAreKnown(String algorithm) {
    assertThat(parse(INLINE.replace("algorithm: max", "algorithm: " + algorithm)).modifiers())
        .isNotEmpty();
  }

  @Test
  void algorithmIsMaxUnlessItIsGiven() {
    assertThat(parse(INLINE.replace("algorithm: max\n", "\n")).modifiers())
        .isEqualTo(parse(INLINE).modifiers());
  }
}
