/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.forward.Evaluation;
import dev.sinter.forward.EvaluationRequest;
import dev.sinter.forward.ModelScore;
import dev.sinter.json.Json;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.ProgressListener;
import dev.sinter.testing.GoldenQuality;
import dev.sinter.testing.InProcessEngine;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries, keys and values are rounded where clients round them, by what they look for. */
class AttentionGroupsTest {
  /** By compressed-tensors' own hooks, for the same data. */
  private static final Map<String, Json> SCALES =
      TestData.json(TestData.golden().resolve("attention/scales.json")).members();

  /** The figures of the very same files by Transformers 5.18 with compressed-tensors 0.17.1. */
  private static final double PERPLEXITY = 53.0141;

  private static final double DIVERGENCE = 0.000533;

  @TempDir private Path temp;

  @Test
  void scalesOfHeadsAreThoseThatTheClientSees() throws IOException {
    TensorFolder output = calibrated("[LlamaAttention]", "attn_head");

    assertThat(SCALES).hasSize(6);
    for (Map.Entry<String, Json> scale : SCALES.entrySet()) {
      List<Json> heads = ((Json.Arr) scale.getValue()).items();
      float[] found = output.floats(scale.getKey());
      assertThat(output.tensors().get(scale.getKey()).spec().shape().dimensions())
          .containsExactly((long) heads.size(), 1L, 1L);
      for (int head = 0; head < found.length; head++) {
        assertClose(found[head], heads.get(head));
      }
    }
  }

  @Test
  void scalesOfLayersAreTheWidestOfTheirHeads() throws IOException {
    TensorFolder output = calibrated("['re:.*self_attn$']", "tensor");

    for (Map.Entry<String, Json> scale : SCALES.entrySet()) {
      Json widest =
          ((Json.Arr) scale.getValue())
              .items().stream()
                  .max(Comparator.comparingDouble(AttentionGroupsTest::number))
                  .orElseThrow();
      assertThat(output.floats(scale.getKey())).hasSize(1);
      assertClose(output.floats(scale.getKey())[0], widest);
    }
  }

  private static double number(Json value) {
    return ((Json.Num) value).asDouble();
  }

  private static void assertClose(float found, Json expected) {
    assertThat((double) found).isCloseTo(number(expected), within(1e-5 * number(expected)));
  }

  /** As compressed-tensors' QuantizationConfig.from_pretrained states a model with such modules. */
  @Test
  void configSaysItToClientsOfAttentionAndToThoseOfCachesAlone() throws IOException {
    Json.Obj config = calibrated("[LlamaAttention]", "attn_head").quantization().orElseThrow();

    Json.Obj group =
        (Json.Obj) ((Json.Obj) config.members().get("config_groups")).members().get("group_0");
    assertThat(group.members().get("targets")).isEqualTo(Json.of(List.of("LlamaAttention")));
    assertThat(group.members().get("weights")).isEqualTo(new Json.Null());
    assertThat(group.members().get("format")).isEqualTo(new Json.Null());
    assertThat(group.members().get("input_activations"))
        .isEqualTo(config.members().get("kv_cache_scheme"));
    assertThat(config.members().get("ignore")).isEqualTo(Json.of(List.of()));
    assertThat(config.members().get("format")).isEqualTo(Json.of("dense"));
  }

  @Test
  void resultIsMeasuredAsTheClientRunsIt() throws IOException {
    TensorFolder output = calibrated("[LlamaAttention]", "attn_head");

    List<ModelScore> scores =
        Evaluation.run(
                new EvaluationRequest(
                    List.of(TestData.tinyLlamaFp32().toString(), output.path().toString()),
                    GoldenQuality.windows(),
                    temp.resolve("eval").toString(),
                    new EvaluationRequest.Settings(Optional.empty(), 4, 8, 1)),
                InProcessEngine::new,
                ProgressListener.none())
            .models();

    assertThat(scores.get(1).perplexity()).isCloseTo(PERPLEXITY, within(0.005));
    assertThat(scores.get(1).divergence()).isCloseTo(DIVERGENCE, within(0.000003));
  }

  private TensorFolder calibrated(String targets, String strategy) throws IOException {
    Path output = temp.resolve("out");
    String recipe =
        "modifiers: {QuantizationModifier: {config_groups: {attention: {targets: "
            + targets
            + ", input_activations: {num_bits: 8, type: float, strategy: "
            + strategy
            + "}}}}}";
    Runs.run(
        new OneshotRequest(
            TestData.tinyLlamaFp32().toString(),
            output.toString(),
            temp.resolve("work").toString(),
            Recipes.parse("test.yaml", recipe),
            Optional.of(TestData.calibration()),
            Settings.DEFAULT.withSlices(8, 4)));
    return new TensorFolder(output);
  }
}
