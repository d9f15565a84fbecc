/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.Plan;
import dev.sinter.plan.Planner;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.SampleSource;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ModelOpt's algorithms from the recipe to the files. */
class ModelOptMethodsTest {
  private static final String NVFP4 =
      "num_bits: e2m1, block_sizes: {-1: 16, type: dynamic, scale_bits: e4m3}";
  private static final String UP = "model.layers.1.mlp.up_proj.";

  @TempDir private Path temp;

  private static Recipe recipe(String algorithm, String weights, String inputs) {
    return Recipes.parse(
        "r.yaml",
        "quantize:\n  algorithm: "
            + algorithm
            + "\n  quant_cfg:\n  - {quantizer_name: '*', enable: false}\n"
            + "  - {quantizer_name: '*_proj.weight_quantizer', cfg: {"
            + weights
            + "}}\n"
            + (inputs.isEmpty()
                ? ""
                : "  - {quantizer_name: '*_proj.input_quantizer', cfg: {" + inputs + "}}\n"));
  }

  private Path run(String name, Recipe recipe, Optional<SampleSource> samples) throws IOException {
    Path output = temp.resolve(name);
    Runs.run(Runs.request(TestData.tinyLlamaFp32(), output, recipe, samples));
    return output;
  }

  private static float[] floats(Path folder, String tensor) throws IOException {
    TensorEntry entry = TestData.tensors(folder).get(tensor);
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(FileStores.at(folder.toString()))) {
      return Tensors.floats(Tensors.to(reader.read(entry), DType.F32));
    }
  }

  @Test
  void setRangesAreWrittenWithoutData() throws IOException {
    Path output =
        run(
            "set",
            recipe("{method: mse, fp8_scale_sweep: true}", NVFP4, NVFP4 + ", constant_amax: 1344"),
            Optional.empty());

    assertThat(floats(output, UP + "input_global_scale")).containsExactly(2);
    assertThat(TestData.tensors(output).keySet().stream().filter(n -> n.contains("input_global")))
        .hasSize(14);
  }

  @Test
  void setRangesOfWholeInputsAreScalesInTheTypeOfTheModel() throws IOException {
    Path output =
        run(
            "set",
            recipe("max", "num_bits: e4m3", "num_bits: e4m3, constant_amax: 896"),
            Optional.empty());

    assertThat(floats(output, UP + "input_scale")).containsExactly(2);
    assertThat(TestData.tensors(output).get(UP + "input_scale").spec().dtype())
        .isEqualTo(DType.F32);
  }

  @Test
  void setRangesStandBesideWhatIsCalibrated() throws IOException {
    Path output =
        run(
            "both",
            recipe("gptq", NVFP4, NVFP4 + ", constant_amax: 2688"),
            Optional.of(TestData.calibration()));

    assertThat(floats(output, UP + "input_global_scale")).containsExactly(1);
  }

  @Test
  void headroomIsWiderThanTheLargestInputs() throws IOException {
    Path largest = run("max", recipe("max", NVFP4, NVFP4), Optional.of(TestData.calibration()));
    Path wide =
        run(
            "wide",
            recipe("nvfp4_act_headroom", NVFP4, NVFP4),
            Optional.of(TestData.calibration()));
    Path narrow =
        run(
            "narrow",
            recipe("{method: nvfp4_act_headroom, rho: 0.001}", NVFP4, NVFP4),
            Optional.of(TestData.calibration()));

    double max = 2688 / floats(largest, UP + "input_global_scale")[0];
    assertThat(2688 / floats(wide, UP + "input_global_scale")[0])
        .isGreaterThan((float) (100 * max));
    // Without headroom it is the 99.99th percentile, read at the middle of its bin.
    assertThat(2688 / floats(narrow, UP + "input_global_scale")[0])
        .isBetween((float) (0.5 * max), (float) (1.06 * max));
    assertThat(floats(wide, UP + "weight_global_scale"))
        .isEqualTo(floats(largest, UP + "weight_global_scale"));
  }

  @ParameterizedTest
  @CsvSource({"awq_lite, true", "smoothquant, true", "mse, false", "awq_clip, false"})
  void whatSmoothsChangesNormsAndWhatSearchesDoesNot(String algorithm, boolean smooths)
      throws IOException {
    String weights =
        algorithm.equals("smoothquant")
            ? "num_bits: 8, axis: 0"
            : "num_bits: 4, block_sizes: {-1: 64, type: static}";
    Path output =
        run(algorithm, recipe(algorithm, weights, ""), Optional.of(TestData.calibration()));

    String norm = "model.layers.0.input_layernorm.weight";
    float[] before = floats(TestData.tinyLlamaFp32(), norm);
    assertThat(java.util.Arrays.equals(floats(output, norm), before)).isEqualTo(!smooths);
  }

  @Test
  void modulesWhoseFactorsCannotBeFoldedAreTold() throws IOException {
    Plan plan =
        Planner.plan(
            Checkpoint.open(FileStores.at(TestData.tinyLlamaFp32().toString())),
            recipe("awq_lite", "num_bits: 4, block_sizes: {-1: 64}", ""),
            OutputSettings.DEFAULT);

    assertThat(plan.smoothings()).hasSize(6);
    assertThat(plan.notices())
        .anySatisfy(
            notice ->
                assertThat(notice)
                    .startsWith("awq_lite: model.layers.0.self_attn.o_proj and 1 more are rounded")
                    .contains("pre_quant_scale"));
  }

  @Test
  void clippingLosesLessThanTheExtremes() throws IOException {
    String weights = "num_bits: 4, block_sizes: {-1: 64, type: static}";
    Path extremes = run("max", recipe("max", weights, ""), Optional.empty());
    Path cut = run("cut", recipe("awq_clip", weights, ""), Optional.of(TestData.calibration()));

    float[] before = floats(extremes, UP + "weight_scale");
    float[] after = floats(cut, UP + "weight_scale");
    int narrower = 0;
    for (int i = 0; i < after.length; i++) {
      double ratio = after[i] / before[i];
      assertThat(ratio).isBetween(0.499, 1.001);
      assertThat(ratio * 20 - Math.rint(ratio * 20)).isCloseTo(0, within(1e-3));
      narrower += ratio < 0.99 ? 1 : 0;
    }
    assertThat(narrower).isGreaterThan(after.length / 4);
  }

  @Test
  void rangesAreCutBehindTheOtherDialectsAwq() throws IOException {
    Recipe both =
        Recipes.parse(
            "r.yaml",
            """
            awq_stage:
              awq_modifiers: {AWQModifier: {ignore: [lm_head], duo_scaling: true, n_grid: 4}}
            quantize:
              algorithm: awq_clip
              quant_cfg:
              - {quantizer_name: '*', enable: false}
              - {quantizer_name: '*_proj.weight_quantizer', cfg: {num_bits: 4, block_sizes: {-1: 64}}}
            """);

    Path output = run("both", both, Optional.of(TestData.calibration()));

    String norm = "model.layers.0.input_layernorm.weight";
    assertThat(floats(output, norm)).isNotEqualTo(floats(TestData.tinyLlamaFp32(), norm));
    assertThat(TestData.tensors(output)).containsKey(UP + "weight_packed");
  }

  @Test
  void configStaysWhatClientsRead() throws IOException {
    Path output =
        run("set", recipe("mse", NVFP4, NVFP4 + ", constant_amax: 2688"), Optional.empty());

    Map<String, TensorEntry> tensors = TestData.tensors(output);
    assertThat(tensors.get(UP + "weight_packed")).isNotNull();
    assertThat(TestData.json(output.resolve("config.json")).toString()).contains("tensor_group");
  }
}
