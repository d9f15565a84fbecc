/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModuleRuleTest {
  private static final String NAME = "model.layers.11.mlp.experts.255.gate_proj";
  private static final ModuleInfo MODULE = new ModuleInfo(NAME, ModuleInfo.LINEAR);

  @Test
  void matchesFromTheStartAsPythonDoes() {
    assertThat(new ModuleRule("re:model\\.layers\\.[0-9]+\\.mlp").matches(MODULE)).isTrue();
    assertThat(new ModuleRule("re:mlp").matches(MODULE)).isFalse();
    assertThat(new ModuleRule("re:.*(gate|up)_proj$").matches(MODULE)).isTrue();
  }

  @Test
  void stopsAnExpressionThatBacktracksWithoutEnd() {
    ModuleRule rule = new ModuleRule("re:(([a-z0-9._]+)+)+!");

    assertThatThrownBy(() -> rule.matches(MODULE))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "re:(([a-z0-9._]+)+)+! backtracks without end, here on the name "
                + NAME
                + ". Write it with fewer repetitions, and none within another");
  }

  @Test
  void stopsAnExpressionThatIsSlowOnEveryName() {
    ModuleRule rule = new ModuleRule("re:.*.*.*.*!");
    List<ModuleInfo> model =
        IntStream.range(0, 50_000)
            .mapToObj(i -> new ModuleInfo("model.layers." + i + ".mlp.gate_proj", "Linear"))
            .toList();

    assertThatThrownBy(() -> model.forEach(rule::matches))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith("re:.*.*.*.*! backtracks without end");
  }

  @Test
  void saysWhatIsNoExpression() {
    assertThatThrownBy(() -> new ModuleRule("re:a("))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith("re:a( is no regular expression: ");
  }
}
