/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be said of a recipe, or of a snippet, that has no fault.
 *
 * @param missing what this version lacks to run it
 */
public record RecipeCheck(List<String> notes, List<String> missing) {
  private static final String RULES = "quant_cfg";
  private static final String RULE_NAME = "quantizer_name";

  public RecipeCheck {
    notes = List.copyOf(notes);
    missing = List.copyOf(missing);
  }

  /** Checks what a request names; throws every problem at once. */
  public static RecipeCheck of(RecipeRequest request) {
    if (request.recipes().size() == 1 && ResolvedConfig.isSnippet(request.recipes().get(0))) {
      Problems problems = new Problems();
      List<String> notes = new ArrayList<>();
      YamlNode tree = ResolvedConfig.snippet(request, problems, notes);
      if (!isListOfTexts(tree)) {
        Recipe read =
            new RecipeReader(new ModifierRegistry(), Dialect.ANY, problems)
                .read(request.recipes().get(0), recipe(tree));
        notes.addAll(read.notes());
      }
      problems.throwIfAny();
      return new RecipeCheck(notes, List.of());
    }
    Recipe recipe = Recipes.load(request);
    return new RecipeCheck(recipe.notes(), recipe.missing());
  }

  /** Patterns for names, of which anything is one. */
  private static boolean isListOfTexts(YamlNode snippet) {
    return snippet instanceof Sequence list
        && list.items().stream().allMatch(Scalar.class::isInstance);
  }

  /** The smallest recipe that has the snippet where its kind stands. */
  private static Mapping recipe(YamlNode snippet) {
    if (snippet instanceof Sequence) {
      return recipe(map(RULES, snippet));
    }
    Mapping map = (Mapping) snippet;
    if (map.member(RULE_NAME).isPresent()) {
      return recipe(new Sequence(map.place(), List.of(map)));
    }
    if (map.member(RULES).isEmpty()) {
      Place place = map.place();
      Member all = new Member(RULE_NAME, place, new Scalar(place, new Json.Str("*"), "*"));
      return recipe(map("cfg", map).with(all));
    }
    return map(StageReader.QUANTIZE, map);
  }

  private static Mapping map(String name, YamlNode value) {
    return new Mapping(value.place(), List.of(new Member(name, value.place(), value)));
  }
}
