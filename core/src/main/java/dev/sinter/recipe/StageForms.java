/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.problem.Place;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings the many forms of stages to one: {@code NAME_stage: {NAME_modifiers: {MODIFIER:
 * settings}}}, a list only where a stage has a modifier twice. What is no stage, or no sound one,
 * stays as it is.
 */
final class StageForms {
  private Mapping result;

  private StageForms(Place place) {
    this.result = new Mapping(place, List.of());
  }

  static Mapping canonical(Mapping recipe) {
    StageForms forms = new StageForms(recipe.place());
    recipe.members().forEach(forms::member);
    return forms.result;
  }

  private void member(Member member) {
    String name = member.name();
    if (StageReader.isGroup(name)) {
      String stage = StageReader.name(StageReader.stageOf(name));
      stage(stage, member.place(), new Mapping(member.place(), List.of(member)));
    } else if (name.endsWith(StageReader.STAGE)) {
      stage(StageReader.name(name), member.place(), member.value());
    } else if (name.equals(RecipeReader.STAGES) && member.value() instanceof Mapping named) {
      named.members().forEach(s -> stage(StageReader.name(s.name()), s.place(), s.value()));
    } else if (name.equals(RecipeReader.STAGES) && member.value() instanceof Sequence list) {
      for (int i = 0; i < list.items().size(); i++) {
        YamlNode item = list.items().get(i);
        stage(StageReader.name(name(item).orElse("stage" + i)), item.place(), item);
      }
    } else {
      result = result.with(member);
    }
  }

  private static Optional<String> name(YamlNode stage) {
    return stage instanceof Mapping mapping
        ? mapping
            .value("name")
            .filter(name -> name.json() instanceof Json.Str)
            .map(name -> ((Json.Str) name.json()).value())
        : Optional.empty();
  }

  /** Stages of one name in one recipe stay two, as when it is read. */
  private void stage(String name, Place place, YamlNode body) {
    String key = name + StageReader.STAGE;
    for (int number = 2; result.member(key).isPresent(); number++) {
      key = name + "_" + number + StageReader.STAGE;
    }
    YamlNode stage = body instanceof Mapping mapping ? body(StageReader.name(key), mapping) : body;
    result = result.with(new Member(key, place, stage));
  }

  private static Mapping body(String name, Mapping stage) {
    List<Member> modifiers = new ArrayList<>();
    List<Member> others = new ArrayList<>();
    Place place = stage.place();
    int at = -1;
    for (Member member : stage.members()) {
      if (!StageReader.isGroup(member.name())) {
        others.add(member);
      } else if (!addModifiers(member.value(), modifiers)) {
        return stage;
      } else {
        place = member.place();
        at = at < 0 ? others.size() : at;
      }
    }
    if (!modifiers.isEmpty()) {
      others.add(at, new Member(name + StageReader.GROUP, place, group(place, modifiers)));
    }
    return new Mapping(stage.place(), others);
  }

  /** Adds what a group holds; false if it is no group. */
  private static boolean addModifiers(YamlNode group, List<Member> into) {
    if (group instanceof Mapping named) {
      named.members().forEach(member -> into.add(settings(member)));
      return true;
    }
    return group instanceof Sequence list
        && list.items().stream().allMatch(item -> addModifiers(item, into));
  }

  /** A modifier without settings has none, which is not nothing. */
  private static Member settings(Member modifier) {
    return modifier.value().isNull()
        ? new Member(modifier.name(), modifier.place(), new Mapping(modifier.place(), List.of()))
        : modifier;
  }

  private static YamlNode group(Place place, List<Member> modifiers) {
    boolean once = modifiers.stream().map(Member::name).distinct().count() == modifiers.size();
    return once
        ? new Mapping(place, modifiers)
        : new Sequence(
            place,
            modifiers.stream()
                .map(member -> (YamlNode) new Mapping(member.place(), List.of(member)))
                .toList());
  }
}
