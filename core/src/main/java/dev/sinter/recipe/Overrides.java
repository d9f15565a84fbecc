/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import dev.sinter.yaml.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Changes single values of a recipe: {@code quantize.algorithm.perc_damp=0.05}, {@code
 * stages[0].GPTQModifier.block_size=64}. A path follows the recipe's keys, with the index of a list
 * in brackets; {@code stages[N]} counts stages whatever form they have, and a modifier's name is
 * found in whichever group of its stage it stands.
 */
final class Overrides {
  private static final Pattern STEP = Pattern.compile("([^.\\[\\]]*)((?:\\[\\d{1,6}\\])*)");
  private static final String METHOD = "method";
  private static final String ALGORITHM = "algorithm";

  /** What a recipe may lack, and a path may still lead into. */
  private static final Set<String> ABSENT = Set.of("dataset", "args", "metadata", ALGORITHM);

  private final Problems problems;

  Overrides(Problems problems) {
    this.problems = problems;
  }

  /** The recipe with a value changed; what cannot be changed so is a problem. */
  YamlNode apply(YamlNode recipe, String override) {
    int equals = override.indexOf('=');
    String flag = "--set " + override;
    if (equals <= 0) {
      problems.add(
          flag + ": write a path, = and a value, as in --set quantize.algorithm.perc_damp=0.05");
      return recipe;
    }
    Optional<List<String>> steps = steps(override.substring(0, equals));
    if (steps.isEmpty()) {
      problems.add(
          flag
              + ": a path is made of keys with dots between them and [N] for an item of a list, as"
              + " in stages[0].GPTQModifier.block_size");
      return recipe;
    }
    List<YamlNode> value =
        YamlReader.read(flag, override.substring(equals + 1), problems, note -> {});
    Place place = Place.of(flag);
    YamlNode set =
        value.isEmpty() ? new Scalar(place, new Json.Null(), "") : value.get(0).moved(old -> place);
    return new Path(flag, steps.get()).set(recipe, 0, set);
  }

  /** Keys, and indices as "[N]". */
  private static Optional<List<String>> steps(String path) {
    List<String> steps = new ArrayList<>();
    for (String part : path.strip().split("\\.", -1)) {
      Matcher step = STEP.matcher(part);
      if (!step.matches() || (step.group(1).isEmpty() && steps.isEmpty())) {
        return Optional.empty();
      }
      if (!step.group(1).isEmpty()) {
        steps.add(step.group(1));
      } else if (step.group(2).isEmpty()) {
        return Optional.empty();
      }
      Matcher index = Pattern.compile("\\[\\d+\\]").matcher(step.group(2));
      while (index.find()) {
        steps.add(index.group());
      }
    }
    return Optional.of(steps);
  }

  private final class Path {
    private final String flag;
    private final Place place;
    private final List<String> steps;

    Path(String flag, List<String> steps) {
      this.flag = flag;
      this.place = Place.of(flag);
      this.steps = steps;
    }

    private YamlNode set(YamlNode node, int at, YamlNode value) {
      if (at == steps.size()) {
        return value;
      }
      String step = steps.get(at);
      if (step.startsWith("[")) {
        return item(node, at, value);
      }
      if (node instanceof Mapping mapping) {
        return member(mapping, at, value);
      }
      // algorithm: gptq is short for algorithm: {method: gptq}.
      boolean method = at > 0 && steps.get(at - 1).equals(ALGORITHM);
      if (method && node instanceof Scalar scalar) {
        Member name = new Member(METHOD, scalar.place(), scalar);
        List<Member> members = scalar.isNull() ? List.of() : List.of(name);
        return set(new Mapping(scalar.place(), members), at, value);
      }
      if (node.isNull()) {
        return set(new Mapping(place, List.of()), at, value);
      }
      if (node instanceof Sequence list) {
        return amongItems(list, at, value);
      }
      problems.add(flag + ": " + upTo(at) + " is " + node.kind() + " and has no keys");
      return node;
    }

    private String upTo(int at) {
      return at == 0 ? "the recipe" : String.join(".", steps.subList(0, at)).replace(".[", "[");
    }

    private YamlNode item(YamlNode node, int at, YamlNode value) {
      String step = steps.get(at);
      int index = Integer.parseInt(step.substring(1, step.length() - 1));
      if (!(node instanceof Sequence list)) {
        problems.add(flag + ": " + upTo(at) + " is " + node.kind() + ", not a list");
        return node;
      }
      if (index >= list.items().size()) {
        problems.add(
            flag + ": " + upTo(at) + " has " + list.items().size() + " items, counted from 0");
        return node;
      }
      List<YamlNode> items = new ArrayList<>(list.items());
      items.set(index, set(items.get(index), at + 1, value));
      return new Sequence(list.place(), items);
    }

    private YamlNode member(Mapping mapping, int at, YamlNode value) {
      String step = steps.get(at);
      Optional<Member> direct = mapping.member(step);
      boolean counted =
          at == 0
              && step.equals("stages")
              && steps.size() > 1
              && steps.get(1).startsWith("[")
              && !(direct.isPresent() && direct.get().value() instanceof Sequence);
      if (counted) {
        return stage(mapping, value);
      }
      if (direct.isPresent()) {
        YamlNode changed = set(direct.get().value(), at + 1, value);
        return mapping.with(new Member(step, direct.get().place(), changed));
      }
      Optional<Member> group =
          mapping.members().stream().filter(member -> holds(member, step)).findFirst();
      if (group.isPresent()) {
        return mapping.with(
            new Member(
                group.get().name(), group.get().place(), set(group.get().value(), at, value)));
      }
      if (at + 1 < steps.size() && at < 2 && !ABSENT.contains(step)) {
        List<String> names = mapping.members().stream().flatMap(Path::names).toList();
        problems.add(
            flag
                + ": "
                + upTo(at)
                + " has no \""
                + step
                + "\"."
                + Nearest.hint(step, names)
                + " It has: "
                + String.join(", ", names));
        return mapping;
      }
      YamlNode none = new Scalar(place, new Json.Null(), "");
      return mapping.with(new Member(step, place, set(none, at + 1, value)));
    }

    /** Whether a group of modifiers has one of that name. */
    private boolean holds(Member member, String name) {
      if (!StageReader.isGroup(member.name())) {
        return false;
      }
      return member.value() instanceof Sequence list
          ? list.items().stream().anyMatch(item -> names(item, name))
          : names(member.value(), name);
    }

    /** What a step may name: a key, or a modifier in a group. */
    private static Stream<String> names(Member member) {
      List<YamlNode> groups =
          !StageReader.isGroup(member.name())
              ? List.of()
              : member.value() instanceof Sequence list ? list.items() : List.of(member.value());
      return Stream.concat(
          Stream.of(member.name()),
          groups.stream()
              .filter(Mapping.class::isInstance)
              .flatMap(group -> ((Mapping) group).members().stream().map(Member::name)));
    }

    private static boolean names(YamlNode node, String name) {
      return node instanceof Mapping mapping && mapping.member(name).isPresent();
    }

    /** The only item of a list that has the name. */
    private YamlNode amongItems(Sequence list, int at, YamlNode value) {
      List<YamlNode> items = new ArrayList<>(list.items());
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        if (names(items.get(i), steps.get(at))) {
          found.add(i);
        }
      }
      if (found.size() == 1) {
        items.set(found.get(0), set(items.get(found.get(0)), at, value));
        return new Sequence(list.place(), items);
      }
      problems.add(
          flag + ": " + upTo(at) + " is a list; say which item, as in " + upTo(at) + "[0]");
      return list;
    }

    private static Mapping replacing(Mapping recipe, Member old, Member replaced) {
      return new Mapping(
          recipe.place(),
          recipe.members().stream()
              .map(member -> member.name().equals(old.name()) ? replaced : member)
              .toList());
    }

    /** The N-th of what are stages in any form, which stands under its own key. */
    private YamlNode stage(Mapping recipe, YamlNode value) {
      List<Member> stages = new ArrayList<>();
      for (Member member : recipe.members()) {
        if (member.name().equals("stages") && member.value() instanceof Mapping named) {
          stages.addAll(named.members());
        } else if (StageReader.isStage(member.name())) {
          stages.add(member);
        }
      }
      String step = steps.get(1);
      int index = Integer.parseInt(step.substring(1, step.length() - 1));
      if (index >= stages.size()) {
        problems.add(flag + ": the recipe has " + stages.size() + " stages, counted from 0");
        return recipe;
      }
      Member stage = stages.get(index);
      // Modifiers at the top are a stage that has no key of its own.
      YamlNode within =
          StageReader.isGroup(stage.name())
              ? new Mapping(stage.place(), List.of(stage))
              : stage.value();
      YamlNode changed = set(within, 2, value);
      Member replaced = new Member(stage.name(), stage.place(), changed);
      if (StageReader.isGroup(stage.name()) && changed instanceof Mapping wrapped) {
        // With more than its modifiers it is a stage of its own.
        replaced =
            wrapped.members().size() == 1
                ? wrapped.members().get(0)
                : new Member(StageReader.stageOf(stage.name()), stage.place(), wrapped);
        return replacing(recipe, stage, replaced);
      }
      Optional<Member> named = recipe.member("stages").filter(m -> m.value() instanceof Mapping);
      if (named.isPresent() && ((Mapping) named.get().value()).members().contains(stage)) {
        Mapping inside = ((Mapping) named.get().value()).with(replaced);
        return recipe.with(new Member("stages", named.get().place(), inside));
      }
      return recipe.with(replaced);
    }
  }
}
