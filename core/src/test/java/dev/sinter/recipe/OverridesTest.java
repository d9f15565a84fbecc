/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value set by its path is as if it stood in the recipe. */
class OverridesTest {
  private static final Map<String, String> RECIPES =
      Map.of(
          "stages",
          """
          stages:
            a: {modifiers: {GPTQModifier: {scheme: W4A16, block_size: 32}}}
            b: {x_modifiers: [{QuantizationModifier: {scheme: W8A8}}]}
          """,
          "list",
          """
          stages:
          - modifiers: {GPTQModifier: {scheme: W4A16, block_size: 32}}
          - modifiers: {QuantizationModifier: {scheme: W8A8}}
          """,
          "keys",
          """
          args: {n: 1}
          a_stage: {x_modifiers: {GPTQModifier: {scheme: W4A16, block_size: 32}}}
          b_stage: {y_modifiers: {QuantizationModifier: {scheme: W8A8, ignore: [a, b]}}}
          """,
          "top",
          """
          modifiers:
          - GPTQModifier: {scheme: W4A16, block_size: 32}
          - QuantizationModifier: {scheme: W8A8}
          """,
          "map",
          "modifiers: {GPTQModifier: {scheme: W4A16}, QuantizationModifier: {scheme: W8A8}}\n",
          "modelopt",
          """
          metadata: {recipe_type: ptq}
          quantize:
            algorithm: gptq
            quant_cfg:
            - {quantizer_name: '*', enable: false}
            - {quantizer_name: '*weight_quantizer', cfg: {num_bits: 4, block_sizes: {-1: 128}}}
          """,
          "settings",
          """
          quantize:
            algorithm: {method: gptq, block_size: 64}
            quant_cfg: [{quantizer_name: '*', cfg: {num_bits: 8}}]
          """,
          "default",
          "quantize: {quant_cfg: [{quantizer_name: '*', cfg: {num_bits: 8}}]}\n",
          "imported",
          """
          imports: {fp8: configs/numerics/fp8}
          quantize: {quant_cfg: [{quantizer_name: '*', cfg: {$import: fp8}}]}
          """);

  private static String set(String recipe, String... overrides) {
    return RecipeWriter.write(
        Recipes.load(
            new RecipeRequest(
                List.of(RECIPES.get(recipe)),
                Map.of(),
                Optional.empty(),
                List.of(overrides),
                Dialect.ANY)));
  }

  @Test
  void modifiersAtTheTopBecomeAStageThatHasMore() {
    assertThatThrownBy(() -> set("map", "stages[0].enabled=false"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("turned off");
    assertThatThrownBy(() -> set("map", "stages[0].GPTQModifer.block_size=64"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("has no key \"GPTQModifer\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "stages   | stages[0].GPTQModifier.block_size=64 | block_size: 64",
        "stages   | stages[1].QuantizationModifier.scheme=FP8_DYNAMIC | scheme: FP8_DYNAMIC",
        "stages   | stages.a.GPTQModifier.block_size=64 | block_size: 64",
        "stages   | stages.b.x_modifiers[0].QuantizationModifier.scheme=W8A16 | scheme: W8A16",
        "list     | stages[0].GPTQModifier.block_size=64 | block_size: 64",
        "list     | stages[1].modifiers.QuantizationModifier.scheme=W8A16 | scheme: W8A16",
        "keys     | stages[0].GPTQModifier.block_size=64 | block_size: 64",
        "keys     | stages[1].QuantizationModifier.ignore[1]=lm_head | ignore: [a, lm_head]",
        "keys     | a_stage.GPTQModifier.actorder=null | actorder: null",
        "keys     | a_stage.x_modifiers.GPTQModifier.dampening_frac=0.5 | dampening_frac: 0.5",
        "keys     | b_stage.QuantizationModifier.ignore=[lm_head, c] | ignore: [lm_head, c]",
        "top      | modifiers[0].GPTQModifier.block_size=64 | block_size: 64",
        "top      | modifiers.GPTQModifier.block_size=64 | block_size: 64",
        "top      | stages[0].QuantizationModifier.scheme=W8A16 | scheme: W8A16",
        "top      | GPTQModifier.block_size=64 | block_size: 64",
        "map      | modifiers.GPTQModifier.block_size=64 | block_size: 64",
        "map      | stages[0].GPTQModifier.block_size=64 | block_size: 64",
        "map      | GPTQModifier.block_size=64 | block_size: 64",
        "modelopt | quantize.algorithm.perc_damp=0.05 | perc_damp: 0.05",
        "modelopt | quantize.algorithm=max | algorithm: max",
        "modelopt | quantize.quant_cfg[1].cfg.num_bits=e4m3 | num_bits: e4m3",
        "modelopt | quantize.quant_cfg[1].cfg.block_sizes.-1=32 | -1: 32",
        "modelopt | quantize.quant_cfg[1].cfg={num_bits: 8, axis: 0} | axis: 0",
        "modelopt | stages[0].algorithm.block_size=256 | block_size: 256",
        "modelopt | quantize.quant_cfg.cfg.num_bits=e4m3 | num_bits: e4m3",
        "default  | metadata.description=Mine | description: Mine",
        "modelopt | metadata.description=Mine | description: Mine",
        "settings | quantize.algorithm.perc_damp=0.05 | perc_damp: 0.05",
        "settings | quantize.algorithm.block_size=32 | block_size: 32",
        "default  | quantize.algorithm=gptq | method: gptq",
        "default  | quantize.algorithm.method=gptq | method: gptq",
        "default  | dataset.num_calibration_samples=8 | num_calibration_samples: 8",
        "imported | quantize.quant_cfg[0].cfg.axis=0 | axis: 0",
      })
  void pathReachesItsValue(String recipe, String override, String written) {
    assertThat(set(recipe)).doesNotContain(written);
    assertThat(set(recipe, override)).contains(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "stages   | stages[2].GPTQModifier.block_size=64 | 2 stages",
        "top      | modifiers[2].GPTQModifier.block_size=64 | 2 items",
        "top      | modifiers[0].GPTQModifier.block_sise=64 | block_size",
        "top      | modifers[0].GPTQModifier.block_size=64 | modifiers",
        "modelopt | quantize.algorithm.perc_dump=0.05 | perc_damp",
        "modelopt | quantize.algoritm.perc_damp=0.05 | algorithm",
        "modelopt | quantize.quant_cfg[7].cfg.num_bits=8 | 2 items",
        "modelopt | quantize.quant_cfg.quantizer_name=a | quant_cfg[0]",
        "modelopt | quantize.algorithm.perc_damp | = and a value",
        "modelopt | =3 | = and a value",
        "modelopt | quantize..algorithm=max | a path is made",
        "keys     | stages[0].GPTQModifer.block_size=64 | GPTQModifer",
      })
  void pathThatLeadsNowhereIsTold(String recipe, String override, String hint) {
    assertThatThrownBy(() -> set(recipe, override))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("--set " + override)
        .hasMessageContaining(hint);
  }

  @ParameterizedTest
  @CsvSource({"modelopt", "settings"})
  void laterValueWins(String recipe) {
    assertThat(
            set(recipe, "quantize.algorithm.perc_damp=0.05", "quantize.algorithm.perc_damp=0.07"))
        .contains("perc_damp: 0.07");
  }
}
