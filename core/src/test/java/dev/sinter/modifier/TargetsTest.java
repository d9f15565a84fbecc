/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.modifier.Resolution.Match;
import dev.sinter.quantization.Presets;
import java.util.List;
import java.util.Optional;
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
    assertThat(touching(targets(List.of(rule), List.of()), Q_PROJ).isPresent()).isEqualTo(touches);
    assertThat(touching(targets(List.of("re:.*"), List.of(rule)), Q_PROJ).isEmpty())
        .isEqualTo(touches);
  }

  @Test
  void ignoreHoldsBackWhatATargetTouches() {
    ListedTargets targets = targets(List.of("Linear"), List.of("re:.*q_proj"));

    assertThat(touching(targets, Q_PROJ)).isEmpty();
    assertThat(targets.resolve(List.of(Q_PROJ)).held())
        .containsEntry(Q_PROJ.name(), "ignore re:.*q_proj");
    assertThat(touching(targets, new ModuleInfo("lm_head", "Linear")))
        .map(Match::target)
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
    ListedTargets targets = targets(List.of(rules.split(" ")), List.of());

    assertThat(touching(targets, Q_PROJ)).map(Match::target).contains(closest);
  }

  @Test
  void closestTargetOfAllGroupsDecidesTheScheme() {
    SchemeGroup wide = group("W8A8", "Linear");
    SchemeGroup narrow = group("W4A16", "re:.*q_proj", "lm_head");
    ListedTargets targets = new ListedTargets(List.of(wide, narrow), List.of());

    assertThat(touching(targets, Q_PROJ)).contains(new Match("re:.*q_proj", Optional.of(narrow)));
    assertThat(touching(targets, new ModuleInfo("up_proj", "Linear")))
        .contains(new Match("Linear", Optional.of(wide)));
    assertThat(targets.targets()).containsExactly("Linear", "re:.*q_proj", "lm_head");
  }

  @Test
  void moduleBesideTheLanguageModelIsNotMeantByItsClass() {
    ModuleInfo tower = new ModuleInfo("vision_tower.fc1", "Linear", Reach.NAME);

    assertThat(touching(targets(List.of("Linear"), List.of()), tower)).isEmpty();
    assertThat(touching(targets(List.of("re:.*fc1"), List.of()), tower)).isPresent();
    assertThat(touching(targets(List.of("vision_tower.fc1"), List.of()), tower)).isPresent();
    assertThat(touching(targets(List.of("re:.*"), List.of("Linear")), tower)).isPresent();
  }

  private static Optional<Match> touching(Targets targets, ModuleInfo module) {
    return Optional.ofNullable(targets.resolve(List.of(module)).touched().get(module.name()));
  }

  private static ListedTargets targets(List<String> targets, List<String> ignore) {
    return new ListedTargets(List.of(group("W8A8", targets.toArray(String[]::new))), ignore);
  }

  private static SchemeGroup group(String preset, String... targets) {
    return new SchemeGroup(List.of(targets), Presets.named(preset));
  }
}
