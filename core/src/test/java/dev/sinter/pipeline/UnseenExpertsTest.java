/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.json.Json;
import dev.sinter.session.SampleSource;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experts that no token was routed to have scales, of those of their layer that were. */
class UnseenExpertsTest {
  @TempDir private Path temp;

  /** One token goes to few experts. */
  private static final SampleSource ONE_TOKEN =
      new SampleSource() {
        @Override
        public Json.Obj identity() {
          return Json.object("rows", 1);
        }

        @Override
        public List<int[]> samples() {
          return List.of(new int[] {7});
        }
      };

  @Test
  void haveTheWidestRangeOfTheirLayer() throws IOException {
    Path output = temp.resolve("out");
    Outcome outcome =
        Runs.run(
            Runs.request(
                GoldenModel.named("qwen3_moe-fp32").folder(),
                output,
                Runs.recipe("QuantizationModifier", "scheme: FP8"),
                Optional.of(ONE_TOKEN)));

    assertThat(outcome.notices())
        .anySatisfy(
            notice ->
                assertThat(notice)
                    .contains(" activations of experts, such as model.layers.0.mlp.experts.")
                    .contains("saw no token of the calibration data"));
    Map<String, Float> scales = downScales(output);
    float widest = scales.values().stream().max(Float::compare).orElseThrow();
    long atWidest = scales.values().stream().filter(scale -> scale == widest).count();
    assertThat(scales.values()).allSatisfy(scale -> assertThat(scale).isPositive().isFinite());
    // The expert that saw the widest, and all that saw nothing.
    assertThat(atWidest).isGreaterThan(1);
    assertThat(scales.values().stream().distinct().count()).isGreaterThan(1);
  }

  /** The scales of the inputs of a layer's down projections. */
  private static Map<String, Float> downScales(Path output) throws IOException {
    Map<String, Float> scales = new TreeMap<>();
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(FileStores.at(output.toString()))) {
      for (TensorEntry entry : TestData.tensors(output).values()) {
        if (entry
            .name()
            .matches("model\\.layers\\.0\\.mlp\\.experts\\.\\d+\\.down_proj\\.input_scale")) {
          scales.put(entry.name(), Tensors.floats(Tensors.to(reader.read(entry), DType.F32))[0]);
        }
      }
    }
    return scales;
  }
}
