/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.pipeline.Outcome;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.recipe.Recipe;
import dev.sinter.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Runs whose result is dense, or has shards or types of its own. */
public final class Decompression {
  /** The recipe that makes weights dense. */
  public static final Recipe NOTHING = Recipe.EMPTY;

  private Decompression() {}

  /** Makes a checkpoint dense. */
  public static Outcome of(Path model, Path output) throws IOException {
    return Runs.run(request(model, output, NOTHING, OutputSettings.DEFAULT));
  }

  public static OneshotRequest request(
      Path model, Path output, Recipe recipe, OutputSettings settings) {
    OneshotRequest usual = Runs.request(model, output, recipe, Optional.empty());
    return new OneshotRequest(
        usual.model(),
        usual.output(),
        usual.workspace(),
        recipe,
        Optional.empty(),
        Settings.DEFAULT.withOutput(settings));
  }

  /** Shards of at most so many bytes. */
  public static OutputSettings shards(long bytes) {
    return new OutputSettings(Optional.of(bytes), Optional.empty(), Form.COMPRESSED);
  }

  /** Dense weights of that type. */
  public static OutputSettings dtype(DType dtype) {
    return new OutputSettings(Optional.empty(), Optional.of(dtype), Form.COMPRESSED);
  }
}
