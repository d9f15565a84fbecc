/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.quantization.Survey;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundToNearestTest {
  private final Solver solver = new RoundToNearest();

  @Test
  void asksForNothing() {
    assertThat(solver.statistics(Presets.named("W4A16").weights())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "W4A16, NONE",
    "W8A8, NONE",
    "FP8_DYNAMIC, NONE",
    "FP8_BLOCK, NONE",
    "MXFP4, NONE",
    "FP8, SURVEY",
    "NVFP4A16, SURVEY"
  })
  void rowsAreCoupledByWhatTheyShare(String preset, Coupling coupling) {
    assertThat(solver.coupling(Presets.named(preset).weights())).isEqualTo(coupling);
  }

  @Test
  void eachWeightGoesToTheNearestCode() {
    try (Scope scope = Scope.open()) {
      float[] weight = {7.5f, 1.4f, -1.6f, 0, 75, -26, 4, 14};

      Solution solution =
          solver
              .prepare(Map.of())
              .solve(
                  new ModuleWeight(
                      "m",
                      Tensors.of(weight, 2, 4),
                      Presets.named("W4A16").weights(),
                      Survey.EMPTY));

      assertThat(Tensors.floats(solution.weight().parameters().scale_RG())).containsExactly(1, 10);
      assertThat(Tensors.floats(solution.weight().codes_RC()))
          .containsExactly(7, 1, -2, 0, 7, -3, 0, 1);
      assertThat(solution.figures()).isEmpty();
    }
  }
}
