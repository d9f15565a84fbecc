/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.Problems;
import dev.sinter.recipe.Dialect;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.RecipeRequest;
import dev.sinter.recipe.Recipes;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The recipe that flags ask for. */
record RecipeChoice(RecipeFlags flags) {

  /** Adds what is wrong with the flags among each other. */
  void check(Problems problems) {
    boolean recipe = !flags.recipes.isEmpty();
    if (!recipe && flags.scheme.isPresent() && flags.qformat.isPresent()) {
      problems.add("--scheme and --qformat both say what to do; give one of them");
    }
    if (!recipe && flags.scheme.isEmpty() && flags.qformat.isEmpty()) {
      problems.add(
          "Say what to do: give --recipe oneshot/w4a16-gptq or another recipe, or --scheme W4A16 or another scheme");
    }
    if (recipe && !(flags.targets.isEmpty() && flags.ignore.isEmpty())) {
      problems.add(
          "--targets and --ignore go with --scheme; a recipe says itself what it touches. Change the recipe");
    } else if (flags.qformat.isPresent() && !flags.targets.isEmpty()) {
      problems.add("--targets goes with --scheme; a format says itself what it touches");
    }
    if (!recipe && flags.qformat.isEmpty() && flags.kvCacheQformat.isPresent()) {
      problems.add(
          "--kv-cache-qformat goes with --qformat; with --scheme, write a recipe with kv_cache_scheme");
    }
    boolean changed =
        !flags.overrides.isEmpty()
            || !flags.recipeArgs.isEmpty()
            || flags.stage.isPresent()
            || flags.strictModelopt;
    if (!recipe && flags.scheme.isPresent() && changed) {
      problems.add(
          "--set, --recipe-args, --stage and --strict-modelopt are about a recipe, and --scheme is none");
    }
  }

  /** The recipe; what it goes before is said. */
  Recipe load(PrintStream err) {
    if (!flags.recipes.isEmpty()) {
      Map<String, Optional<String>> passedOver = new LinkedHashMap<>();
      passedOver.put("--scheme", flags.scheme);
      passedOver.put("--qformat", flags.qformat);
      passedOver.put("--kv-cache-qformat", flags.kvCacheQformat);
      passedOver.forEach(
          (flag, given) ->
              given.ifPresent(
                  value ->
                      err.println(
                          "sinter: --recipe says what is done; "
                              + flag
                              + " "
                              + value
                              + " is not looked at")));
      return Recipes.load(request(flags.recipes));
    }
    if (flags.qformat.isPresent()) {
      String recipe =
          QuantizationFormats.recipe(flags.qformat.get(), flags.kvCacheQformat, flags.ignore);
      return Recipes.load(request(List.of(recipe)));
    }
    Map<String, Json> settings = new LinkedHashMap<>();
    if (!flags.targets.isEmpty()) {
      settings.put("targets", Json.of(flags.targets));
    }
    settings.put("ignore", Json.of(flags.ignore));
    settings.put("scheme", Json.of(flags.scheme.orElseThrow()));
    return Recipe.of(new ModifierRegistry().create("QuantizationModifier", settings));
  }

  private RecipeRequest request(List<String> recipes) {
    return new RecipeRequest(
        recipes,
        RecipeArgs.parse(flags.recipeArgs),
        flags.stage,
        flags.overrides,
        flags.strictModelopt ? Dialect.STRICT_MODELOPT : Dialect.ANY);
  }
}
