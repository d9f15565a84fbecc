/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.pipeline.Oneshot;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.pipeline.Outcome;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Oneshot runs on the in-process engine. */
public final class Runs {
  private Runs() {}

  /** Quantizes without data, all linears but the head. */
  public static Outcome datafree(Path model, Path output, String scheme) throws IOException {
    return rounded(model, output, "scheme: " + scheme);
  }

  /** Quantizes without data, with those settings of the modifier. */
  public static Outcome rounded(Path model, Path output, String... settings) throws IOException {
    return run(request(model, output, recipe("QuantizationModifier", settings), Optional.empty()));
  }

  /** Quantizes by GPTQ with the golden calibration set. */
  public static Outcome gptq(Path model, Path output, String... settings) throws IOException {
    return run(
        request(
            model, output, recipe("GPTQModifier", settings), Optional.of(TestData.calibration())));
  }

  public static Recipe recipe(String modifier, String... settings) {
    StringBuilder text =
        new StringBuilder("modifiers:\n  " + modifier + ":\n    ignore: [lm_head]\n");
    for (String setting : settings) {
      text.append("    ").append(setting).append('\n');
    }
    return Recipes.parse("test.yaml", text.toString());
  }

  public static OneshotRequest request(
      Path model, Path output, Recipe recipe, Optional<SampleSource> samples) {
    return new OneshotRequest(
        model.toString(),
        output.toString(),
        output.resolve(".sinter").toString(),
        recipe,
        samples,
        Settings.DEFAULT);
  }

  public static Outcome run(OneshotRequest request) throws IOException {
    return Oneshot.run(request, InProcessEngine::new, ProgressListener.none());
  }
}
