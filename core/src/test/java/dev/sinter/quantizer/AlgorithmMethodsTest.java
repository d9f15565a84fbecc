/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.RecipeWriter;
import dev.sinter.recipe.Recipes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which methods ModelOpt's algorithms come to. */
class AlgorithmMethodsTest {
  private static final String NVFP4 =
      "num_bits: e2m1, block_sizes: {-1: 16, type: static, scale_bits: e4m3}";
  private static final List<ModuleInfo> MODEL =
      List.of(new ModuleInfo("layers.0.q_proj", ModuleInfo.LINEAR));

  private static Recipe parse(String algorithm, String weights) {
    return Recipes.parse(
        "r.yaml",
        "quantize:\n  algorithm: "
            + algorithm
            + "\n  quant_cfg:\n  - {quantizer_name: '*', enable: false}\n"
            + "  - {quantizer_name: '*weight_quantizer', cfg: {"
            + weights
            + "}}\n  - {quantizer_name: '*input_quantizer', cfg: {"
            + NVFP4.replace("static", "dynamic")
            + "}}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "max | QuantizationModifier",
        "mse | mse",
        "{method: mse, fp8_scale_sweep: true} | mse",
        "local_hessian | local_hessian",
        "awq_clip | awq_clip",
        "awq_lite | awq_lite,QuantizationModifier",
        "awq_full | awq_full,awq_full",
        "smoothquant | smoothquant,QuantizationModifier",
        "gptq | GPTQModifier",
        "[awq_lite, gptq] | awq_lite,GPTQModifier",
        "[max, awq_lite, awq_clip] | awq_lite,awq_clip",
        "[gptq, max] | GPTQModifier",
        "nvfp4_act_headroom | QuantizationModifier",
        "{method: nvfp4_act_headroom, weight_scale_algorithm: {method: local_hessian}} | local_hessian",
      })
  void algorithmsAreMethods(String algorithm, String methods) {
    Recipe recipe = parse(algorithm, NVFP4);

    assertThat(recipe.missing()).isEmpty();
    assertThat(recipe.modifiers().stream().map(Modifier::name)).containsExactly(methods.split(","));
    Recipe again = Recipes.parse("again.yaml", RecipeWriter.write(recipe));
    assertThat(RecipeWriter.json(again)).isEqualTo(RecipeWriter.json(recipe));
    assertThat(again.modifiers().stream().map(Modifier::solver))
        .isEqualTo(recipe.modifiers().stream().map(Modifier::solver).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[mse, gptq] | gptq behind mse",
        "[mse, max] | max behind mse",
        "[awq_clip, awq_lite] | awq_lite behind awq_clip",
      })
  void chosenScalesAreNotChosenAgain(String algorithm, String what) {
    assertThat(parse(algorithm, NVFP4).missing())
        .containsExactly(
            "ModelOpt's algorithm " + what + ", which has chosen scales of weights before");
  }

  @ParameterizedTest
  @CsvSource({"svdquant", "lsq"})
  void othersAreMissing(String algorithm) {
    assertThat(parse(algorithm, NVFP4).missing())
        .containsExactly("ModelOpt's algorithm " + algorithm);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{method: mse, step_size: 0} | step_size must be above 0",
        "{method: mse, start_multiplier: 5} | stop_multiplier must not be below start_multiplier, 5.0",
        "{method: awq_clip, shrink_step: 0} | shrink_step must be above 0",
        "{method: awq_lite, alpha_step: 0} | alpha_step must be above 0",
        "{method: nvfp4_act_headroom, upper_percentile: 0.5} | upper_percentile must not be below anchor_percentile, 1.0",
        "{method: nvfp4_act_headroom, rho: 28672} | rho",
      })
  void settingsThatSearchNothingAreRefused(String algorithm, String problem) {
    assertThatThrownBy(() -> parse(algorithm, NVFP4))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining("r.yaml:2");
  }

  @Test
  void cutsNeedGroupsOfColumns() {
    Resolution resolution =
        parse("awq_clip", "num_bits: 8, axis: 0").modifiers().get(0).targets().resolve(MODEL);

    assertThat(resolution.problems())
        .singleElement()
        .asString()
        .contains("has no groups of columns whose ranges could be cut")
        .contains("awq_lite or mse");
    assertThat(parse("awq_clip", NVFP4).modifiers().get(0).targets().resolve(MODEL).problems())
        .isEmpty();
  }

  @Test
  void headroomObservesInputsOfNvfp4() {
    Recipe recipe = parse("{method: nvfp4_act_headroom, rho: 100}", NVFP4);

    Resolution resolution = recipe.modifiers().get(0).targets().resolve(MODEL);

    QuantizationArgs inputs =
        ((Activations.Quantized) resolution.groups().get(0).scheme().inputs()).args();
    assertThat(inputs.headroom())
        .hasValueSatisfying(headroom -> assertThat(headroom.rho()).isEqualTo(100));
    assertThat(resolution.touched().get("layers.0.q_proj").group())
        .contains(resolution.groups().get(0));
  }

  @Test
  void searchesByWeightsAloneNeedNoData() {
    assertThat(parse("mse", NVFP4).modifiers().get(0).needsCalibration()).isFalse();
    assertThat(parse("local_hessian", NVFP4).modifiers().get(0).needsCalibration()).isTrue();
    assertThat(parse("awq_clip", NVFP4).modifiers().get(0).needsCalibration()).isTrue();
  }
}
