/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Loads recipes and configurations, by name or from files of either dialect. */
public final class Recipes {
  private Recipes() {}

  /** A built-in recipe by its name, a file, or a folder; throws every problem at once. */
  public static Recipe load(String nameOrFile) {
    return load(RecipeRequest.of(nameOrFile));
  }

  /** Recipes in order, with what is changed in them; throws every problem at once. */
  public static Recipe load(RecipeRequest request) {
    Problems problems = new Problems();
    Set<String> notes = new LinkedHashSet<>();
    RecipeTrees trees = new RecipeTrees(request.dialect(), problems, notes::add);
    Map<String, YamlNode> args = trees.arguments(request.args());
    if (request.recipes().size() > 1 && !request.overrides().isEmpty()) {
      problems.add(
          "--set changes one recipe, and several are given. Merge them first: sinter recipes merge");
    }
    Recipe whole = Recipe.EMPTY;
    Set<String> used = new LinkedHashSet<>();
    Set<String> declared = new LinkedHashSet<>();
    int found = 0;
    for (String name : request.recipes()) {
      Optional<YamlNode> tree = trees.recipe(name);
      if (tree.isPresent()) {
        found++;
        Evaluation evaluation = new Evaluation(args, problems, notes::add);
        YamlNode evaluated = evaluation.apply(overridden(tree.get(), request, problems));
        used.addAll(evaluation.used());
        declared.addAll(evaluation.declared());
        whole = whole.then(read(name, evaluated, request.dialect(), problems));
      }
    }
    if (found == request.recipes().size()) {
      requireUsed(request.args().keySet(), used, declared, problems);
    }
    if (problems.isEmpty() && whole.modifiers().isEmpty() && !whole.notes().isEmpty()) {
      // Nothing to do would mean to make the checkpoint dense, which nobody asks for so.
      problems.add(
          String.join(", ", whole.notes()) + ", and nothing else is there: nothing would be done");
    }
    Recipe chosen = stage(whole, request.stage(), problems);
    problems.throwIfAny();
    notes.addAll(chosen.notes());
    return new Recipe(chosen.stages(), chosen.metadata(), chosen.dataset(), new ArrayList<>(notes));
  }

  private static YamlNode overridden(YamlNode tree, RecipeRequest request, Problems problems) {
    YamlNode changed = tree;
    Overrides overrides = new Overrides(problems);
    for (String override : request.overrides()) {
      changed = overrides.apply(changed, override);
    }
    return changed;
  }

  private static Recipe read(String name, YamlNode tree, Dialect dialect, Problems problems) {
    return new RecipeReader(new ModifierRegistry(), dialect, problems).read(name, tree);
  }

  private static void requireUsed(
      Set<String> given, Set<String> used, Set<String> declared, Problems problems) {
    for (String name : given) {
      if (!used.contains(name)) {
        problems.add(
            "--recipe-args "
                + name
                + ": nothing in the recipe evaluates this name."
                + (declared.contains(name) ? "" : Nearest.hint(name, declared))
                + (declared.isEmpty()
                    ? " The recipe has no args"
                    : " Its args are: " + String.join(", ", declared)));
      }
    }
  }

  private static Recipe stage(Recipe recipe, Optional<String> wanted, Problems problems) {
    if (wanted.isEmpty()) {
      return recipe;
    }
    String name = StageReader.name(wanted.get());
    List<Stage> taken = recipe.stages().stream().filter(s -> s.name().equals(name)).toList();
    List<String> names = recipe.stages().stream().map(Stage::name).toList();
    if (taken.isEmpty() && problems.isEmpty()) {
      problems.add(
          "--stage "
              + wanted.get()
              + ": there is no such stage."
              + Nearest.hint(name, names)
              + " The stages are: "
              + String.join(", ", names));
    }
    return new Recipe(taken, recipe.metadata(), recipe.dataset(), recipe.notes());
  }

  /** A recipe from its text; the name is for messages. */
  public static Recipe parse(String name, String text) {
    Problems problems = new Problems();
    Set<String> notes = new LinkedHashSet<>();
    RecipeTrees trees = new RecipeTrees(Dialect.ANY, problems, notes::add);
    Optional<YamlNode> tree = trees.text(new RecipeText(name, name, ".", text));
    Recipe recipe =
        tree.map(
                root -> {
                  Evaluation evaluation = new Evaluation(Map.of(), problems, notes::add);
                  return read(name, evaluation.apply(root), Dialect.ANY, problems);
                })
            .orElse(Recipe.EMPTY);
    problems.throwIfAny();
    notes.addAll(recipe.notes());
    return new Recipe(recipe.stages(), recipe.metadata(), recipe.dataset(), new ArrayList<>(notes));
  }

  /**
   * Any configuration, a snippet or a whole recipe: imports resolved, and floats such as e4m3 as
   * pairs.
   */
  public static Json loadConfig(String nameOrFile) {
    Problems problems = new Problems();
    List<String> notes = new ArrayList<>();
    Optional<YamlNode> tree = new RecipeTrees(Dialect.ANY, problems, notes::add).recipe(nameOrFile);
    problems.throwIfAny();
    return Configs.withFloats(tree.orElseThrow().json());
  }

  /** The text of a built-in recipe or snippet, or of a file. */
  public static String source(String nameOrFile) {
    Problems problems = new Problems();
    RecipeFinder finder = new RecipeFinder(Dialect.ANY, note -> {});
    Optional<RecipeText> text = finder.builtIn(nameOrFile).or(() -> finder.file(nameOrFile));
    if (text.isEmpty()) {
      new RecipeTrees(Dialect.ANY, problems, note -> {}).recipe(nameOrFile);
      problems.throwIfAny();
      throw new RequestException(nameOrFile + " is a folder: show the files in it");
    }
    return text.orElseThrow().text();
  }

  /** The names of all that is built in, snippets included. */
  public static List<String> names() {
    return BuiltInRecipes.names();
  }

  /** The names that older documents have for built-in recipes and snippets. */
  public static Map<String, String> olderNames() {
    return BuiltInRecipes.olderNames();
  }
}
