/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scales that weigh errors by what calibration finds of inputs (imatrix_mse) are the reference's.
 */
class ImportanceGoldenTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"fp32", "bf16"})
  void agreesWithTheReference(String type) throws IOException {
    Path model = type.equals("fp32") ? TestData.tinyLlamaFp32() : TestData.tinyLlamaBf16();
    Path output = temp.resolve("out");
    Runs.run(
        Runs.request(
            model,
            output,
            Runs.recipe("QuantizationModifier", "scheme: W4A16", "weight_observer: imatrix_mse"),
            Optional.of(TestData.calibration())));

    Path golden = TestData.golden().resolve("W4A16_imatrix-" + type);
    Map<String, TensorEntry> written = TestData.tensors(output);
    long scales = 0;
    long equal = 0;
    for (TensorEntry entry : TestData.tensors(golden).values()) {
      assertThat(written.get(entry.name()).spec()).isEqualTo(entry.spec());
      if (entry.name().endsWith("weight_scale")) {
        byte[] ours = TestData.bytes(output, written.get(entry.name()));
        byte[] theirs = TestData.bytes(golden, entry);
        int size = entry.spec().dtype().bits() / 8;
        for (int i = 0; i < ours.length; i += size) {
          scales++;
          equal += java.util.Arrays.equals(ours, i, i + size, theirs, i, i + size) ? 1 : 0;
        }
      }
    }
    // Two ranges whose errors are as good as equal may change places with the order of a sum.
    assertThat((double) equal / scales).isGreaterThan(0.995);
  }

  /** Scales are found before GPTQ changes a column, and so are those of rounding to nearest. */
  @Test
  void gptqWeighsColumnsLikewise() throws IOException {
    Path nearest = temp.resolve("nearest");
    Path gptq = temp.resolve("gptq");
    for (var run : Map.of("QuantizationModifier", nearest, "GPTQModifier", gptq).entrySet()) {
      Runs.run(
          Runs.request(
              TestData.tinyLlamaFp32(),
              run.getValue(),
              Runs.recipe(run.getKey(), "scheme: W4A16", "weight_observer: imatrix_mse"),
              Optional.of(TestData.calibration())));
    }

    Map<String, TensorEntry> expected = TestData.tensors(nearest);
    Map<String, TensorEntry> written = TestData.tensors(gptq);
    // The first layer has the same inputs in both.
    for (String module : List.of("self_attn.q_proj", "self_attn.o_proj", "mlp.down_proj")) {
      String name = "model.layers.0." + module + ".weight_scale";
      assertThat(TestData.bytes(gptq, written.get(name)))
          .as(name)
          .isEqualTo(TestData.bytes(nearest, expected.get(name)));
    }
  }
}
