/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which recipe is asked for, and what is changed in it.
 *
 * @param recipes names of built-in recipes, files, folders, or YAML itself; in order
 * @param args values for {@code eval(...)}, over those of the recipe
 * @param stage the only stage that is taken
 * @param overrides single values by path, as in {@code quantize.algorithm.perc_damp=0.05}
 */
public record RecipeRequest(
    List<String> recipes,
    Map<String, String> args,
    Optional<String> stage,
    List<String> overrides,
    Dialect dialect) {
  public RecipeRequest {
    recipes = List.copyOf(recipes);
    args = Map.copyOf(args);
    overrides = List.copyOf(overrides);
  }

  /** A recipe as it is. */
  public static RecipeRequest of(String recipe) {
    return new RecipeRequest(List.of(recipe), Map.of(), Optional.empty(), List.of(), Dialect.ANY);
  }
}
