/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.quantization.Presets;
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
    assertThat(targets(List.of(rule), List.of()).touching(Q_PROJ).isPresent()).isEqualTo(touches);
    assertThat(targets(List.of(), List.of(rule)).ignoring(Q_PROJ).isPresent()).isEqualTo(touches);
  }

  @Test
  void ignoreHoldsBackWhatATargetTouches() {
    Targets targets = targets(List.of("Linear"), List.of("re:.*q_proj"));

    assertThat(targets.touching(Q_PROJ)).isEmpty();
    assertThat(targets.ignoring(Q_PROJ)).contains("re:.*q_proj");
    assertThat(targets.touching(new ModuleInfo("lm_head", "Linear")))
        .map(Targets.Match::target)
        .contains("Linear");
  }

  @ParameterizedTest
  @CsvSource({
    "Linear re:.*q_proj, re:.*q_proj",
    "re:.*q_proj Linear, re:.*q_proj",
    "Linear model.layers.1.self_attn.q_proj re:model, model.layers.1.self_attn.q_proj",
    "re:model re:.*q_proj, re:.*q_proj",
    "Embedding Linear, Linear",
  })
  void closestTargetIsNamedWhateverTheOrder(String rules, String closest) {
    Targets targets = targets(List.of(rules.split(" ")), List.of());

    assertThat(targets.touching(Q_PROJ)).map(Targets.Match::target).contains(closest);
  }

  @Test
  void closestTargetOfAllGroupsDecidesTheScheme() {
    SchemeGroup wide = group("W8A8", "Linear");
    SchemeGroup narrow = group("W4A16", "re:.*q_proj", "lm_head");
    Targets targets = new Targets(List.of(wide, narrow), List.of());

    assertThat(targets.touching(Q_PROJ)).contains(new Targets.Match("re:.*q_proj", narrow));
    assertThat(targets.touching(new ModuleInfo("up_proj", "Linear")))
        .contains(new Targets.Match("Linear", wide));
    assertThat(targets.targets()).containsExactly("Linear", "re:.*q_proj", "lm_head");
  }

  @Test
  void moduleBesideTheLanguageModelIsNotMeantByItsClass() {
    ModuleInfo tower = new ModuleInfo("vision_tower.fc1", "Linear", Reach.NAME);

    assertThat(targets(List.of("Linear"), List.of()).touching(tower)).isEmpty();
    assertThat(targets(List.of("re:.*fc1"), List.of()).touching(tower)).isPresent();
    assertThat(targets(List.of("vision_tower.fc1"), List.of()).touching(tower)).isPresent();
    assertThat(targets(List.of("re:.*"), List.of("Linear")).touching(tower)).isPresent();
  }

  private static Targets targets(List<String> targets, List<String> ignore) {
    return new Targets(List.of(group("W8A8", targets.toArray(String[]::new))), ignore);
  }

  private static SchemeGroup group(String preset, String... targets) {
    return new SchemeGroup(List.of(targets), Presets.named(preset));
  }
}
