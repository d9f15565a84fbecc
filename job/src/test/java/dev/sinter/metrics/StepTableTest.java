/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.session.Effort;
import dev.sinter.session.StepFigures;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTableTest {
  @Test
  void aLineForEachStepAndOneForAll() {
    List<StepFigures> steps =
        List.of(
            step(0, "model.layers.0", new Effort(0.5, 3, 0.25, 1.5, 0.25, 3L << 20)),
            step(1, "model.layers.1", new Effort(2, 4, 0.5, 1, 0.5, 1L << 20)));

    assertThat(StepTable.lines(steps))
        .containsExactly(
            "subgraph         seconds  tokens/s   advance     sweep    reduce     solve     write   idle   shuffled",
            "model.layers.0       4.0      1024       0.5       3.0       0.3       1.5       0.3    31%    3.0 MiB",
            "model.layers.1       4.0      1024       2.0       4.0       0.5       1.0       0.5     0%    1.0 MiB",
            "all                  8.0                 2.5       7.0       0.8       2.5       0.8    16%    4.0 MiB");
  }

  private static StepFigures step(int index, String name, Effort effort) {
    return new StepFigures(0, index, name, 4096, 2, 4, effort);
  }
}
