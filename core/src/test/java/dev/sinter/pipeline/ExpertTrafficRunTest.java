/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.ProgressListener;
import dev.sinter.task.TilesInPlaceOfRows;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.InProcessEngine;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs give the same whether the tokens of experts travel or their statistics. */
class ExpertTrafficRunTest {
  private static final String GPTQ = "GPTQModifier: {scheme: W8A16, ignore: [lm_head]}";
  private static final String STATIC =
      "QuantizationModifier: {scheme: FP8, targets: ['re:.*self_attn.*_proj']}";

  @TempDir private Path temp;

  private static String recipe(String name) {
    return switch (name) {
      case "gptq" -> "modifiers:\n- " + GPTQ;
      case "smoothquant" -> "modifiers:\n- SmoothQuantModifier: {}\n- " + GPTQ;
      case "awq" -> "modifiers:\n- AWQModifier: {n_grid: 3}\n- " + GPTQ;
      case "static" ->
          "modifiers:\n- "
              + STATIC
              + "\n- GPTQModifier: {scheme: W8A8, targets: ['re:.*experts.*_proj']}";
      default -> throw new IllegalArgumentException(name);
    };
  }

  private String digest(String model, String recipe, Settings settings, InProcessEngine engine)
      throws IOException {
    Path output = temp.resolve("out-" + System.identityHashCode(engine));
    OneshotRequest request =
        new OneshotRequest(
            GoldenModel.named(model).folder().toString(),
            output.toString(),
            output.resolve(".sinter").toString(),
            Recipes.parse("r.yaml", recipe(recipe)),
            Optional.of(TestData.randomIds(9, 14, 3, 20)),
            settings);
    return Oneshot.run(request, () -> engine, ProgressListener.none()).contentDigest();
  }

  @ParameterizedTest
  @CsvSource({
    "qwen3_moe-bf16, gptq, true",
    "qwen3_moe-bf16, gptq, false",
    "qwen3_moe-bf16, smoothquant, true",
    "qwen3_moe-fp32, awq, true",
    "qwen3_moe-fp32, static, true",
    "gpt_oss-fp32, gptq, true"
  })
  void digestIsTheSame(String model, String recipe, boolean propagates) throws IOException {
    TilesInPlaceOfRows tiles = new TilesInPlaceOfRows();
    Settings settings =
        Settings.DEFAULT
            .withSlices(2, 1)
            .withTraversal(
                propagates ? Traversal.USUAL : Traversal.USUAL.with(ErrorPropagation.OFF));

    assertThat(digest(model, recipe, settings, new InProcessEngine(tiles)))
        .isEqualTo(digest(model, recipe, settings, new InProcessEngine()));
    assertThat(tiles.moved().size()).as("experts whose tokens travelled").isGreaterThan(7);
  }
}
