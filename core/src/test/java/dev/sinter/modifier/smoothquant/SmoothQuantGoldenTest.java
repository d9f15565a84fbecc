/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.smoothing.SmoothedModel;
import dev.sinter.quantization.Presets;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Norms divided by the factors are those that llm-compressor wrote. */
class SmoothQuantGoldenTest {
  private static final String MAPPINGS =
      ", \"mappings\": [[[\"re:.*q_proj\", \"re:.*k_proj\", \"re:.*v_proj\"],"
          + " \"re:.*input_layernorm\"], [[\"re:.*gate_proj\", \"re:.*up_proj\"],"
          + " \"re:.*post_attention_layernorm\"]]";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "SQ_W8A8 | SmoothQuantModifier | \"smoothing_strength\": 0.8",
        "SQ_W8A8 | SmoothQuantModifier | \"smoothing_strength\": 0.8" + MAPPINGS,
        "SQ_log | SmoothQuantModifier | \"algorithm\": \"log_equalization\"",
        "SQ_log | LogarithmicEqualizationModifier | \"smoothing_strength\": 0.5",
      })
  void smoothedNormsAreTheReferences(String golden, String name, String settings)
      throws IOException {
    Modifier modifier = SmoothedModel.modifier(name, settings);
    List<String> norms = new ArrayList<>();

    SmoothedModel.visit(
        modifier,
        Presets.named("W8A8").weights(),
        (pair, norm_C, linears, seen) -> {
          norms.add(pair.producer());
          float[] factor =
              Tensors.floats(
                  modifier.smoothing().orElseThrow().smoother().factors(linears, seen).factor_C());
          float[] before = Tensors.floats(norm_C);
          float[] expected = SmoothedModel.reference(golden, pair.producer());
          for (int i = 0; i < expected.length; i++) {
            assertThat(before[i] / factor[i])
                .as("%s %d", pair.producer(), i)
                .isCloseTo(expected[i], within(1e-5f * Math.abs(expected[i])));
          }
        });

    assertThat(norms)
        .containsExactlyInAnyOrder(
            "model.layers.0.input_layernorm",
            "model.layers.0.post_attention_layernorm",
            "model.layers.1.input_layernorm",
            "model.layers.1.post_attention_layernorm");
  }
}
