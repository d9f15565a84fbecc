/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.expression.EvalText;
import dev.sinter.expression.ExpressionException;
import dev.sinter.json.Json;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Puts values in the place of {@code eval(...)}. Names are the recipe's {@code args}, over them
 * those of the stage, over them those of the command line.
 */
final class Evaluation {
  static final String ARGS = "args";

  /** What is told of a recipe, and does nothing. */
  private static final Set<String> TOLD = Set.of("metadata", RecipeReader.HISTORY);

  private final Problems problems;
  private final Consumer<String> notes;
  private final Map<String, YamlNode> given;
  private final Set<String> used = new LinkedHashSet<>();
  private final Set<String> declared = new LinkedHashSet<>();

  /** How many texts have no value. */
  private int failures;

  Evaluation(Map<String, YamlNode> given, Problems problems, Consumer<String> notes) {
    this.given = given;
    this.problems = problems;
    this.notes = notes;
  }

  /** The recipe without args and without eval. */
  YamlNode apply(YamlNode recipe) {
    if (!(recipe instanceof Mapping mapping)) {
      return recipe;
    }
    YamlNode evaluated = scope(mapping, new Names(Map.of()));
    for (String name : declared) {
      if (!used.contains(name) && !given.containsKey(name)) {
        notes.accept("args: nothing evaluates \"" + name + "\"");
      }
    }
    return evaluated;
  }

  /** The names that were evaluated. */
  Set<String> used() {
    return used;
  }

  /** The names that the recipe gives values to. */
  Set<String> declared() {
    return declared;
  }

  /** A map that may bring args of its own: the recipe, or a stage. */
  private Mapping scope(Mapping mapping, Names outer) {
    Names names = outer;
    Optional<YamlNode> args = mapping.value(ARGS);
    if (args.isPresent() && args.get() instanceof Mapping values) {
      names = outer.and(values);
      values.members().forEach(member -> declared.add(member.name()));
    } else {
      args.ifPresent(
          wrong ->
              problems.add(
                  wrong.place(), "args must be a map of names to values, not " + wrong.kind()));
    }
    List<Member> members = new ArrayList<>();
    for (Member member : mapping.without(ARGS).members()) {
      if (TOLD.contains(member.name())) {
        members.add(member);
        continue;
      }
      boolean stage =
          member.name().endsWith(StageReader.STAGE) && member.value() instanceof Mapping;
      YamlNode value =
          stage
              ? scope((Mapping) member.value(), names)
              : member.name().equals("stages")
                  ? stages(member.value(), names)
                  : evaluate(member.value(), names);
      members.add(new Member(member.name(), member.place(), value));
    }
    return new Mapping(mapping.place(), members);
  }

  private YamlNode stages(YamlNode stages, Names names) {
    if (stages instanceof Mapping named) {
      List<Member> members = new ArrayList<>();
      for (Member member : named.members()) {
        YamlNode stage =
            member.value() instanceof Mapping mapping ? scope(mapping, names) : member.value();
        members.add(new Member(member.name(), member.place(), stage));
      }
      return new Mapping(named.place(), members);
    }
    if (stages instanceof Sequence list) {
      List<YamlNode> items = new ArrayList<>();
      list.items().forEach(item -> items.add(item instanceof Mapping m ? scope(m, names) : item));
      return new Sequence(list.place(), items);
    }
    return stages;
  }

  private YamlNode evaluate(YamlNode node, Names names) {
    if (node instanceof Mapping mapping) {
      mapping.members().stream()
          .filter(member -> EvalText.contains(member.name()))
          .forEach(
              member ->
                  problems.add(member.place(), "eval(...) stands in values, not in their names"));
      return new Mapping(
          mapping.place(),
          mapping.members().stream()
              .map(m -> new Member(m.name(), m.place(), evaluate(m.value(), names)))
              .toList());
    }
    if (node instanceof Sequence list) {
      return new Sequence(
          list.place(), list.items().stream().map(item -> evaluate(item, names)).toList());
    }
    return names.evaluate((Scalar) node);
  }

  /** A name has no value, which was told where it is given. */
  private static final class ToldElsewhere extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ToldElsewhere() {
      super(null, null, false, false);
    }
  }

  /** The names of a scope; a value that evaluates others does so once. */
  private final class Names {
    private final Map<String, YamlNode> values;
    private final Map<String, Json> known = new LinkedHashMap<>();
    private final Set<String> open = new LinkedHashSet<>();
    private final Set<String> failed = new LinkedHashSet<>();

    Names(Map<String, YamlNode> values) {
      this.values = values;
    }

    Names and(Mapping more) {
      Map<String, YamlNode> all = new LinkedHashMap<>(values);
      more.members().forEach(member -> all.put(member.name(), member.value()));
      return new Names(all);
    }

    YamlNode evaluate(Scalar scalar) {
      if (!(scalar.json() instanceof Json.Str) || !EvalText.contains(scalar.text())) {
        return scalar;
      }
      try {
        Json value = EvalText.replace(scalar.text(), this::value, names());
        return YamlNode.of("", value).moved(old -> scalar.place());
      } catch (ExpressionException e) {
        problems.add(at(scalar, e.offset()), message(e));
        return unread(scalar);
      } catch (ToldElsewhere e) {
        return unread(scalar);
      }
    }

    private String message(ExpressionException e) {
      String said = e.getMessage();
      boolean nameless = said.startsWith("Unknown name") && names().isEmpty();
      return (said.startsWith("eval") ? "" : "eval: ")
          + said
          + (nameless ? " The recipe has no args; write args: {NAME: VALUE}" : "");
    }

    private Scalar unread(Scalar scalar) {
      problems.settle(scalar.place());
      failures++;
      return scalar;
    }

    private Set<String> names() {
      Set<String> names = new LinkedHashSet<>(values.keySet());
      names.addAll(given.keySet());
      return names;
    }

    private Optional<Json> value(String name) {
      used.add(name);
      if (failed.contains(name)) {
        throw new ToldElsewhere();
      }
      if (known.containsKey(name)) {
        return Optional.of(known.get(name));
      }
      YamlNode node = given.getOrDefault(name, values.get(name));
      if (node == null) {
        return Optional.empty();
      }
      if (!open.add(name)) {
        problems.add(
            node.place(),
            open.size() == 1
                ? "the value of " + name + " needs itself; write a number, or another name"
                : "the values of these args need each other: "
                    + String.join(", ", open)
                    + ". Give one of them a value");
        throw new ToldElsewhere();
      }
      int before = failures;
      Json value = Evaluation.this.evaluate(node, this).json();
      open.remove(name);
      if (failures > before) {
        failed.add(name);
        throw new ToldElsewhere();
      }
      known.put(name, value);
      return Optional.of(value);
    }
  }

  /** The place within a text that stands in one line; else where it begins. */
  private static Place at(Scalar scalar, int offset) {
    Place place = scalar.place();
    int start = place.column() - 1;
    for (int quote = 0; quote < 2; quote++) {
      if (start >= 0 && place.text().startsWith(scalar.text(), start + quote)) {
        return new Place(
            place.file(), place.line(), place.column() + quote + offset, place.text(), place.via());
      }
    }
    return place;
  }
}
