/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.session.ProgressListener;
import dev.sinter.testing.GoldenQuality;
import dev.sinter.testing.GoldenQuality.Figures;
import dev.sinter.testing.InProcessEngine;
import dev.sinter.testing.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Perplexity, divergence and agreement are those that Transformers finds for the same files. */
class EvaluationGoldenTest {
  private static final double PERPLEXITY = 0.001;

  /** Logits in bf16 differ in their last digits between any two implementations. */
  private static final double DIVERGENCE = 0.05;

  private static final double LEAST_DIVERGENCE = 5e-5;
  private static final double AGREEMENT = 0.004;

  @TempDir private Path temp;

  private List<ModelScore> evaluate(Path... models) throws IOException {
    List<String> locations = new ArrayList<>();
    for (Path model : models) {
      locations.add(model.toString());
    }
    return Evaluation.run(
            new EvaluationRequest(
                locations,
                GoldenQuality.windows(),
                temp.toString(),
                new EvaluationRequest.Settings(Optional.empty(), 4, 8, 1)),
            InProcessEngine::new,
            ProgressListener.none())
        .models();
  }

  private static void assertEqual(ModelScore found, Figures expected) {
    assertThat(found.perplexity())
        .as("perplexity")
        .isCloseTo(expected.perplexity(), within(PERPLEXITY * expected.perplexity()));
    assertThat(found.divergence())
        .as("KL divergence")
        .isCloseTo(
            expected.divergence(),
            within(Math.max(LEAST_DIVERGENCE, DIVERGENCE * expected.divergence())));
    assertThat(found.agreement())
        .as("top-1 agreement")
        .isCloseTo(expected.agreement(), within(AGREEMENT));
  }

  @ParameterizedTest
  @CsvSource({
    "fp32, KV_FP8",
    "fp32, KV_FP8_head",
    "fp32, FP8_KV_FP8",
    "fp32, INT8_static",
    "bf16, INT8_static",
    "bf16, NVFP4",
    "bf16, SparseGPT_24_FP8_DYNAMIC",
  })
  void calibratedCheckpointsScoreAsInTransformers(String dtype, String name) throws IOException {
    Path compressed = GoldenQuality.assemble(dtype, name, temp.resolve(name));

    List<ModelScore> scores = evaluate(GoldenQuality.dense(dtype), compressed);

    assertEqual(scores.get(0), GoldenQuality.figures(dtype, "tiny-llama-" + dtype));
    assertEqual(scores.get(1), GoldenQuality.figures(dtype, name));
    assertThat(scores.get(0).divergence()).isZero();
    assertThat(scores.get(1).sums().predicted()).isEqualTo(40 * 255);
    assertThat(scores.get(1).sums().tokens()).isEqualTo(40 * 256);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FP8_DYNAMIC",
        "FP8_BLOCK",
        "W8A8",
        "W4A8",
        "W4AFP8",
        "MXFP4",
        "MXFP8",
        "NVFP4A16",
        "W4A16"
      })
  void checkpointsWithoutDataScoreAsInTransformers(String scheme) throws IOException {
    Runs.datafree(GoldenQuality.dense("bf16"), temp.resolve("out"), scheme);

    List<ModelScore> scores = evaluate(GoldenQuality.dense("bf16"), temp.resolve("out"));

    assertEqual(scores.get(1), GoldenQuality.figures("bf16", scheme));
  }
}
