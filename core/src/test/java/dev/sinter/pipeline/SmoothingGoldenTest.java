/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.plan.OutputSettings;
import dev.sinter.recipe.Recipes;
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

/** Smoothed norms, and what is made of the weights behind them, are the reference's. */
class SmoothingGoldenTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @CsvSource({
    "SQ_W8A8-fp32, smoothing_strength: 0.8, QuantizationModifier, 1e-5",
    "SQ_log-fp32, algorithm: log_equalization, QuantizationModifier, 1e-5",
    // Extremes are single values, and bf16 leaves them to the order of sums: four steps at most.
    "SQ_GPTQ_W8A8-bf16, smoothing_strength: 0.8, GPTQModifier, 0.0165"
  })
  void normsAndScalesAgree(String name, String smoothing, String method, double tolerance)
      throws IOException {
    Path output = run(name, smoothing, method);

    Path golden = TestData.golden().resolve("smoothing").resolve(name);
    Map<String, TensorEntry> written = TestData.tensors(output);
    for (TensorEntry entry : TestData.tensors(golden).values()) {
      assertThat(written.get(entry.name()).spec()).isEqualTo(entry.spec());
      // Scales hold what norms and weights were rounded to, and are rounded once more.
      double allowed = tolerance * (entry.name().endsWith("_scale") ? 2 : 1);
      float[] ours = floats(output, written.get(entry.name()));
      float[] theirs = floats(golden, entry);
      for (int i = 0; i < ours.length; i++) {
        assertThat(ours[i])
            .as(entry.name() + " " + i)
            .isCloseTo(theirs[i], within((float) (allowed * Math.abs(theirs[i]))));
      }
    }
  }

  @Test
  void normsAreConvertedAsTheyAreSmoothed() throws IOException {
    Path output = temp.resolve("out");
    OneshotRequest request =
        Runs.request(
            TestData.tinyLlamaFp32(),
            output,
            Recipes.parse(
                "test.yaml",
                "modifiers: [{SmoothQuantModifier: {smoothing_strength: 0.8}}, {QuantizationModifier:"
                    + " {scheme: W8A8, ignore: [lm_head]}}]"),
            Optional.of(TestData.calibration()));
    OutputSettings typed =
        new OutputSettings(
            Optional.empty(), Optional.of(DType.BF16), OutputSettings.Form.COMPRESSED);
    Runs.run(request.withSettings(request.settings().withOutput(typed)));

    Path golden = TestData.golden().resolve("smoothing/SQ_W8A8-fp32");
    TensorEntry norm = TestData.tensors(golden).get("model.layers.0.input_layernorm.weight");
    float[] theirs = floats(golden, norm);
    float[] ours = floats(output, TestData.tensors(output).get(norm.name()));
    for (int i = 0; i < ours.length; i++) {
      assertThat(ours[i]).isCloseTo(theirs[i], within(0.03f * Math.abs(theirs[i])));
    }
  }

  @Test
  void gptqBehindItAgrees() throws IOException {
    Path output = run("SQ_GPTQ_W8A8-fp32", "smoothing_strength: 0.8", "GPTQModifier");

    Path golden = TestData.golden().resolve("smoothing/SQ_GPTQ_W8A8-fp32");
    Map<String, TensorEntry> written = TestData.tensors(output);
    long codes = 0;
    long equal = 0;
    for (TensorEntry entry : TestData.tensors(golden).values()) {
      if (entry.name().endsWith("_proj.weight")) {
        byte[] ours = TestData.bytes(output, written.get(entry.name()));
        byte[] theirs = TestData.bytes(golden, entry);
        for (int i = 0; i < ours.length; i++) {
          codes++;
          equal += ours[i] == theirs[i] ? 1 : 0;
        }
      }
    }
    assertThat((double) equal / codes).as("codes equal to the reference's").isGreaterThan(0.99);
  }

  private Path run(String name, String smoothing, String method) throws IOException {
    Path output = temp.resolve("out");
    Path model = name.endsWith("fp32") ? TestData.tinyLlamaFp32() : TestData.tinyLlamaBf16();
    OneshotRequest request =
        Runs.request(
            model,
            output,
            Recipes.parse(
                "test.yaml",
                "modifiers:\n- SmoothQuantModifier: {"
                    + smoothing
                    + "}\n- "
                    + method
                    + ": {scheme: W8A8, ignore: [lm_head]}\n"),
            Optional.of(TestData.calibration()));
    // As the reference does: smoothing is calibrated on the dense model.
    Traversal traversal = Traversal.USUAL.with(Pipeline.INDEPENDENT);
    Runs.run(request.withSettings(request.settings().withTraversal(traversal)));
    return output;
  }

  private static float[] floats(Path folder, TensorEntry entry) throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(FileStores.at(folder.toString()))) {
      return Tensors.floats(Tensors.to(reader.read(entry), DType.F32));
    }
  }
}
