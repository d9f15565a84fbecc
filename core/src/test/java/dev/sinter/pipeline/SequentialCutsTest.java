/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.SequentialTargets;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.ProgressListener;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * GPTQ by layers, by attention and MLP, and by single linears: a module is calibrated on what the
 * subgraphs before its own put out once they are compressed.
 */
class SequentialCutsTest {
  private static final SequentialTargets HALVES =
      SequentialTargets.of("LlamaAttention", "LlamaMLP");
  private static final SequentialTargets LINEARS = SequentialTargets.of("Linear");

  @TempDir private Path temp;

  private static Recipe gptq(String targets) {
    return Recipes.parse(
        "test.yaml", "modifiers: {GPTQModifier: {scheme: W8A16, targets: [" + targets + "]}}");
  }

  private static OneshotRequest request(
      Path model, Path output, Recipe recipe, SequentialTargets targets) {
    OneshotRequest request =
        Runs.request(model, output, recipe, Optional.of(TestData.calibration()));
    return new OneshotRequest(
        request.model(),
        request.output(),
        request.workspace(),
        recipe,
        request.samples(),
        request.settings().withTraversal(Traversal.USUAL.by(targets)));
  }

  /** The codes and scales of the modules whose names contain a part, by their names. */
  private Map<String, byte[]> quantized(Recipe recipe, SequentialTargets targets, String part)
      throws IOException {
    Path output = temp.resolve("out-" + recipe.hashCode() + "-" + targets.hashCode());
    Runs.run(request(TestData.tinyLlamaFp32(), output, recipe, targets));
    return codes(output, part);
  }

  private static Map<String, byte[]> codes(Path output, String part) throws IOException {
    Map<String, byte[]> codes = new TreeMap<>();
    for (TensorEntry entry : TestData.tensors(output).values()) {
      if (entry.name().contains(part) && entry.name().contains(".weight_")) {
        codes.put(entry.name(), TestData.bytes(output, entry));
      }
    }
    assertThat(codes).isNotEmpty();
    return codes;
  }

  @Test
  void everyCutGivesTheSameCodesWhereNothingIsQuantizedBefore() throws IOException {
    Recipe recipe = gptq("'re:model.layers.1.self_attn.[qkv]_proj'");

    Map<String, byte[]> byLayers = quantized(recipe, SequentialTargets.LAYERS, "_proj");
    Map<String, byte[]> byHalves = quantized(recipe, HALVES, "_proj");
    Map<String, byte[]> byLinears = quantized(recipe, LINEARS, "_proj");

    assertThat(byLayers).hasSize(9);
    assertThat(byHalves).containsExactlyEntriesOf(byLayers);
    assertThat(byLinears).containsExactlyEntriesOf(byLayers);
  }

  @Test
  void mlpIsCalibratedOnWhatItsQuantizedAttentionPutsOut() throws IOException {
    String attention = "'re:model.layers.0.self_attn.*_proj'";
    String mlp = "'re:model.layers.0.mlp.*_proj'";
    Map<String, byte[]> byHalves = quantized(gptq(attention + ", " + mlp), HALVES, ".mlp.");

    // The same in two runs: the attention, made dense again, and then the MLP.
    Path halfDone = temp.resolve("half");
    OneshotRequest first =
        request(TestData.tinyLlamaFp32(), halfDone, gptq(attention), SequentialTargets.LAYERS);
    Settings dense = first.settings().withOutput(OutputSettings.DEFAULT.withForm(Form.DENSE));
    Runs.run(
        new OneshotRequest(
            first.model(),
            first.output(),
            first.workspace(),
            first.recipe(),
            first.samples(),
            dense));
    Path output = temp.resolve("both");
    Runs.run(request(halfDone, output, gptq(mlp), SequentialTargets.LAYERS));

    assertThat(byHalves).containsExactlyEntriesOf(codes(output, ".mlp."));
    assertThat(quantized(gptq(attention + ", " + mlp), SequentialTargets.LAYERS, ".gate_proj."))
        .as("by layers the MLP does not know that the attention is quantized")
        .isNotEqualTo(codes(output, ".gate_proj."));
  }

  @Test
  void targetThatMeansNothingIsSaidBeforeTheWorkStarts() {
    OneshotRequest request =
        request(
            TestData.tinyLlamaFp32(),
            temp.resolve("out"),
            gptq("Linear"),
            SequentialTargets.of("MistralDecoderLayer"));

    assertThatThrownBy(
            () ->
                Oneshot.run(
                    request,
                    () -> {
                      throw new AssertionError("The engine was started");
                    },
                    ProgressListener.none()))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith(
            "The sequential target \"MistralDecoderLayer\" means no module of the model. Did you mean LlamaDecoderLayer?");
  }

  @Test
  void otherCutsMakeAnotherRun() throws IOException {
    Path output = temp.resolve("out");
    Recipe recipe = gptq("'re:model.layers.0.self_attn.q_proj'");
    Runs.run(request(TestData.tinyLlamaFp32(), output, recipe, SequentialTargets.LAYERS));

    assertThatThrownBy(() -> Runs.run(request(TestData.tinyLlamaFp32(), output, recipe, HALVES)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("\n  --sequential-targets: there nothing, asked for LlamaAttention");
  }
}
