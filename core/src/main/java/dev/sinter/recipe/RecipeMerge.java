/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts recipes over each other: maps key by key, stages of one name too; lists are replaced, but
 * rules are put behind those that there are, since of rules the later wins. What excludes each
 * other is replaced as a whole: an algorithm by another, a scheme by groups.
 */
public final class RecipeMerge {
  private static final String RULES = "quant_cfg";
  private static final String ALGORITHM = "algorithm";
  private static final String METHOD = "method";

  /** What an older map of rules calls the rule for all quantizers. */
  private static final String DEFAULT = "default";

  /** Settings of which a map has one. */
  private static final Map<String, String> EITHER =
      Map.of("scheme", "config_groups", "config_groups", "scheme");

  private RecipeMerge() {}

  /**
   * The recipes of a request, the later over the earlier, with its overrides: a recipe again, with
   * imports resolved and args left in it. Throws every problem at once, also those that the whole
   * has.
   */
  public static ResolvedConfig of(RecipeRequest request) {
    Problems problems = new Problems();
    List<String> notes = new ArrayList<>();
    RecipeTrees trees = new RecipeTrees(request.dialect(), problems, notes::add);
    Optional<Mapping> merged = Optional.empty();
    for (String name : request.recipes()) {
      Optional<YamlNode> tree = trees.recipe(name);
      if (tree.isPresent() && tree.get() instanceof Mapping next) {
        Mapping over = StageForms.canonical(next);
        merged = Optional.of(merged.map(base -> merge(base, over)).orElse(over));
      } else {
        tree.ifPresent(
            node ->
                problems.add(
                    node.place(), "a recipe must be a map with modifiers, not " + node.kind()));
      }
    }
    problems.throwIfAny();
    YamlNode whole = merged.orElseThrow();
    Overrides overrides = new Overrides(problems);
    for (String override : request.overrides()) {
      whole = overrides.apply(whole, override);
    }
    YamlNode evaluated = new Evaluation(Map.of(), problems, notes::add).apply(whole);
    Recipe read =
        new RecipeReader(new ModifierRegistry(), request.dialect(), problems)
            .read("the merged recipe", evaluated);
    problems.throwIfAny();
    notes.addAll(read.notes());
    return new ResolvedConfig(whole.json(), notes);
  }

  private static Mapping merge(Mapping base, Mapping over) {
    Mapping merged = base;
    for (Member member : over.members()) {
      Optional<Member> there = merged.member(member.name());
      YamlNode value =
          there
              .map(old -> merge(member.name(), old.value(), member.value()))
              .orElse(member.value());
      String other = EITHER.getOrDefault(member.name(), "");
      if (!value.isNull() && over.value(other).isEmpty()) {
        merged = merged.without(other);
      }
      merged = merged.with(new Member(member.name(), member.place(), value));
    }
    return merged;
  }

  private static YamlNode merge(String name, YamlNode base, YamlNode over) {
    if (name.equals(RULES) && isCollection(base) && isCollection(over)) {
      List<YamlNode> all = new ArrayList<>(rules(base));
      all.addAll(rules(over));
      return new Sequence(over.place(), all);
    }
    YamlNode below = name.equals(ALGORITHM) ? settings(base) : base;
    if (!(below instanceof Mapping first) || !(over instanceof Mapping second)) {
      return over;
    }
    boolean otherMethod =
        name.equals(ALGORITHM)
            && second.value(METHOD).isPresent()
            && !second
                .value(METHOD)
                .map(YamlNode::json)
                .equals(first.value(METHOD).map(YamlNode::json));
    return otherMethod ? over : merge(first, second);
  }

  private static boolean isCollection(YamlNode node) {
    return node instanceof Sequence || node instanceof Mapping;
  }

  /** Rules as a list; a map of older documents has one for each entry, its default first. */
  private static List<YamlNode> rules(YamlNode node) {
    if (node instanceof Sequence list) {
      return list.items();
    }
    List<YamlNode> rules = new ArrayList<>();
    for (Member member : ((Mapping) node).members()) {
      boolean first = member.name().equals(DEFAULT);
      rules.add(first ? 0 : rules.size(), new Mapping(member.place(), List.of(member)));
    }
    return rules;
  }

  /** An algorithm by its name is one without settings. */
  private static YamlNode settings(YamlNode algorithm) {
    return algorithm instanceof Scalar name && name.json() instanceof Json.Str
        ? new Mapping(name.place(), List.of(new Member(METHOD, name.place(), name)))
        : algorithm;
  }
}
