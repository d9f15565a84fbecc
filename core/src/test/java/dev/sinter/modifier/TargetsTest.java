/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.ModuleInfo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
  private static final ModuleInfo Q_PROJ =
      new ModuleInfo("model.layers.1.self_attn.q_proj", "Linear");

  @ParameterizedTest
  @CsvSource({
    "Linear, true",
    "linear, false",
    "Lin, false",
    "model.layers.1.self_attn.q_proj, true",
    "layers.1.self_attn.q_proj, false",
    "q_proj, false",
    "model.layers.1.self_attn, false",
    "re:model, true",
    "re:.*q_proj, true",
    "re:.*q_proj$, true",
    "re:q_proj, false",
    "re:layers, false",
    "re:.*[qk]_proj, true",
    "re:model\\.layers\\.\\d+\\.self_attn, true",
    "re:Linear, false",
    "re:.*v_proj, false",
  })
  void ruleIsAClassOrANameOrAPatternFromTheStart(String rule, boolean touches) {
    assertThat(new Targets(List.of(rule), List.of()).touching(Q_PROJ).isPresent())
        .isEqualTo(touches);
    assertThat(new Targets(List.of(), List.of(rule)).ignoring(Q_PROJ).isPresent())
        .isEqualTo(touches);
  }

  @Test
  void ignoreHoldsBackWhatATargetTouches() {
    Targets targets = new Targets(List.of("Linear"), List.of("re:.*q_proj"));

    assertThat(targets.touching(Q_PROJ)).isEmpty();
    assertThat(targets.ignoring(Q_PROJ)).contains("re:.*q_proj");
    assertThat(targets.touching(new ModuleInfo("lm_head", "Linear"))).contains("Linear");
  }

  @Test
  void firstTargetThatMatchesIsNamed() {
    Targets targets = new Targets(List.of("Embedding", "re:.*q_proj", "Linear"), List.of());

    assertThat(targets.touching(Q_PROJ)).contains("re:.*q_proj");
  }
}
