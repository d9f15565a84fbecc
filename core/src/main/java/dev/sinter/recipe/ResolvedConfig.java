/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.quantizer.QuantizeReader;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A recipe or a snippet with everything put in its place: imports, args, and, of a recipe, what
 * holds where nothing is said.
 */
public record ResolvedConfig(Json json, List<String> notes) {
  public ResolvedConfig {
    notes = List.copyOf(notes);
  }

  /** Resolves what the request names; throws every problem at once. */
  public static ResolvedConfig of(RecipeRequest request) {
    if (request.recipes().size() == 1 && isSnippet(request.recipes().get(0))) {
      return snippet(request);
    }
    Recipe recipe = Recipes.load(request);
    return new ResolvedConfig(RecipeWriter.json(recipe), recipe.notes());
  }

  private static ResolvedConfig snippet(RecipeRequest request) {
    List<String> notes = new ArrayList<>();
    YamlNode tree = snippet(request, new Problems(), notes);
    return new ResolvedConfig(Configs.withFloats(tree.json()), notes);
  }

  /**
   * A snippet with its imports resolved and its values overridden; throws every problem at once.
   */
  static YamlNode snippet(RecipeRequest request, Problems problems, List<String> notes) {
    String name = request.recipes().get(0);
    RecipeTrees trees = new RecipeTrees(request.dialect(), problems, notes::add);
    Optional<YamlNode> tree = trees.recipe(name);
    if (!request.args().isEmpty()) {
      problems.add("--recipe-args: " + name + " is a snippet, which has no args");
    }
    Overrides overrides = new Overrides(problems);
    for (String override : request.overrides()) {
      tree = tree.map(node -> overrides.apply(node, override));
    }
    problems.throwIfAny();
    return tree.orElseThrow();
  }

  /** Whether a name means what recipes import: it is found, and is no recipe itself. */
  static boolean isSnippet(String nameOrFile) {
    return new RecipeTrees(Dialect.ANY, new Problems(), note -> {})
        .recipe(nameOrFile)
        .filter(ResolvedConfig::isSnippet)
        .isPresent();
  }

  /** A list, or a map with keys of a section, a rule or attributes, and with none of a recipe. */
  private static boolean isSnippet(YamlNode tree) {
    if (!(tree instanceof Mapping mapping)) {
      return tree instanceof YamlNode.Sequence;
    }
    Predicate<Member> ofRecipes =
        member -> StageReader.isStage(member.name()) || RecipeReader.KEYS.contains(member.name());
    Predicate<Member> ofSnippets =
        member ->
            QuantizeReader.TABLE.setting(member.name()).isPresent()
                || QuantizeReader.ruleTable().setting(member.name()).isPresent()
                || QuantizeReader.attributeTable().setting(member.name()).isPresent();
    return mapping.members().stream().noneMatch(ofRecipes)
        && mapping.members().stream().anyMatch(ofSnippets);
  }

  /** The same as YAML. */
  public String yaml() {
    return YamlWriter.write(json);
  }
}
