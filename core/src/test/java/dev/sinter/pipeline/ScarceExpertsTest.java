/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Experts that see few tokens are told, and give numbers all the same. */
class ScarceExpertsTest {
  @TempDir private Path temp;

  private Outcome run(String recipe, int... lengths) throws IOException {
    return Runs.run(
        Runs.request(
            GoldenModel.named("qwen3_moe-fp32").folder(),
            temp,
            Recipes.parse("r.yaml", recipe),
            Optional.of(TestData.randomIds(lengths))));
  }

  /** The tokens of the modules of a layer with that name, by sinter.json. */
  private List<Long> tokens(String projection) throws IOException {
    List<Long> tokens = new ArrayList<>();
    Json.Obj manifest = TestData.json(temp.resolve("sinter.json"));
    for (Json module : ((Json.Arr) manifest.members().get("modules")).items()) {
      var members = ((Json.Obj) module).members();
      if (((Json.Str) members.get("module"))
          .value()
          .matches("model\\.layers\\.0\\." + projection)) {
        Json count = ((Json.Obj) members.get("figures")).members().get("tokens");
        tokens.add((long) ((Json.Num) count).asDouble());
      }
    }
    return tokens;
  }

  @Test
  void theTokensOfEachModuleAreCounted() throws IOException {
    Outcome outcome =
        run("modifiers: {GPTQModifier: {scheme: W8A16, ignore: [lm_head]}}", 9, 14, 3);

    assertThat(tokens("self_attn\\.q_proj")).containsExactly(26L);
    assertThat(tokens("mlp\\.experts\\.\\d+\\.up_proj").stream().mapToLong(n -> n).sum())
        .as("three experts for each token")
        .isEqualTo(3 * 26);
    assertThat(outcome.notices())
        .anySatisfy(
            notice ->
                assertThat(notice)
                    .matches(
                        "\\d+ modules of experts saw fewer tokens of the calibration data than their"
                            + " weights have columns, such as model\\.layers\\.0\\.mlp\\.experts\\..*"
                            + "\\(\\d+\\), .*: dampening decides what those tokens leave open;"
                            + " sinter\\.json has the tokens of each\\. More samples, or"
                            + " --moe-calibrate-all-experts, would help"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GPTQModifier: {scheme: W8A16, ignore: [lm_head]}",
        "QuantizationModifier: {ignore: [lm_head], config_groups: {all: {targets: [Linear],"
            + " weights: {num_bits: 4, group_size: 16, observer: imatrix_mse}}}}"
      })
  void expertsThatSeeNothingAreToldAndHaveScalesThatAreNumbers(String modifier) throws IOException {
    Outcome outcome = run("modifiers: {" + modifier + "}", 1);

    assertThat(tokens("mlp\\.experts\\.\\d+\\.down_proj")).hasSize(8).contains(0L, 1L);
    // Five of eight experts in each of three layers, three modules each.
    assertThat(outcome.notices())
        .anySatisfy(
            notice ->
                assertThat(notice)
                    .startsWith("45 modules of experts, such as model.layers.0.mlp.experts.")
                    .contains("saw no token of the calibration data: their weights are rounded"));
    TensorFolder output = new TensorFolder(temp);
    for (String name : output.tensors().keySet()) {
      if (name.endsWith("weight_scale")) {
        for (float scale : output.floats(name)) {
          assertThat(scale).as(name).isPositive().isFinite();
        }
      }
    }
  }
}
