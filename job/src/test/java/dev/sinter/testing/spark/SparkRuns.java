/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing.spark;

import dev.sinter.engine.SparkEngine;
import dev.sinter.pipeline.ErrorPropagation;
import dev.sinter.pipeline.Oneshot;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.Traversal;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.ProgressListener;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** Runs on Spark that have a counterpart on the in-process engine. */
public final class SparkRuns {
  private SparkRuns() {}

  /** GPTQ on the demo model with the golden calibration set. */
  public static OneshotRequest gptq(Path output) {
    return Runs.request(
        TestData.tinyLlamaBf16(),
        output,
        Runs.recipe("GPTQModifier", "scheme: W4A16"),
        Optional.of(TestData.calibration()));
  }

  /** GPTQ on a mixture whose experts' tokens travel. */
  public static OneshotRequest mixture(Path output) {
    return Runs.request(
        GoldenModel.named("qwen3_moe-bf16").folder(),
        output,
        Runs.recipe("GPTQModifier", "scheme: W8A16"),
        Optional.of(TestData.randomIds(9, 14, 3, 20)));
  }

  /** Methods that smooth, solve, and find scales, in one recipe. */
  public static OneshotRequest everyMethod(Path output) {
    String recipe =
        """
        modifiers:
        - SmoothQuantModifier: {smoothing_strength: 0.5}
        - AWQModifier: {duo_scaling: both, n_grid: 4}
        - GPTQModifier:
            config_groups:
              mlp:
                targets: ["re:.*mlp.*_proj"]
                weights: {num_bits: 4, group_size: 32, symmetric: false}
        - QuantizationModifier:
            kv_cache_scheme: {num_bits: 8, type: float, strategy: attn_head, dynamic: false}
            config_groups:
              attention:
                targets: ["re:.*self_attn.*_proj"]
                weights: {num_bits: 8, type: float, strategy: channel, observer: imatrix_mse}
                input_activations: {num_bits: 8, type: float, dynamic: false, observer: minmax}
        """;
    return Runs.request(
        TestData.tinyLlamaBf16(),
        output,
        Recipes.parse("every-method.yaml", recipe),
        Optional.of(TestData.calibration()));
  }

  /** The same, each layer calibrated on what clients compute with those before it. */
  public static OneshotRequest asServed(Path output) {
    OneshotRequest request = everyMethod(output);
    Traversal traversal = Traversal.USUAL.with(ErrorPropagation.AS_SERVED);
    return request.withSettings(request.settings().withTraversal(traversal));
  }

  /** Rounding to nearest on the demo model. */
  public static OneshotRequest datafree(Path output) {
    return Runs.request(
        TestData.tinyLlamaBf16(),
        output,
        Runs.recipe("QuantizationModifier", "scheme: W4A16_ASYM"),
        Optional.empty());
  }

  /** The digest of a request's result on Spark. */
  public static String digest(OneshotRequest request, JavaSparkContext spark) throws IOException {
    return Oneshot.run(request, () -> new SparkEngine(spark), ProgressListener.none())
        .contentDigest();
  }
}
