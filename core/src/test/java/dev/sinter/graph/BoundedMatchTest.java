/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import org.junit.jupiter.api.Test;

class BoundedMatchTest {
  private static final String NAME = "model.layers.11.mlp.experts.255.gate_proj";

  @Test
  void matchesFromTheStartAsPythonDoes() {
    assertThat(BoundedMatch.lookingAt("model\\.layers\\.[0-9]+\\.mlp", NAME)).isTrue();
    assertThat(BoundedMatch.lookingAt("mlp", NAME)).isFalse();
    assertThat(BoundedMatch.lookingAt(".*(gate|up)_proj$", NAME)).isTrue();
  }

  @Test
  void stopsAnExpressionThatBacktracksWithoutEnd() {
    assertThatThrownBy(() -> BoundedMatch.lookingAt("(([a-z0-9._]+)+)+!", NAME))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "re:(([a-z0-9._]+)+)+! backtracks without end on the name "
                + NAME
                + ". Write it without nested repetitions");
  }

  @Test
  void saysWhatIsNoExpression() {
    assertThatThrownBy(() -> BoundedMatch.lookingAt("a(", NAME))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith("re:a( is no regular expression: ");
  }
}
