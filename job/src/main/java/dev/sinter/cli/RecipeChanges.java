/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.recipe.Dialect;
import dev.sinter.recipe.RecipeRequest;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags of what is changed in a recipe that is looked at. */
final class RecipeChanges {
  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = "Changes a value: stages[0].GPTQModifier.block_size=64.")
  private List<String> overrides = List.of();

  @Option(
      names = "--recipe-args",
      paramLabel = "NAME=VALUE",
      description = "A value for eval(NAME); may be repeated.")
  private List<String> recipeArgs = List.of();

  @Option(
      names = "--strict-modelopt",
      description = "The recipe must be one that ModelOpt takes, too.")
  private boolean strictModelopt;

  boolean isAny() {
    return !overrides.isEmpty() || !recipeArgs.isEmpty();
  }

  RecipeRequest request(Optional<String> stage, List<String> recipes) {
    return new RecipeRequest(
        recipes,
        RecipeArgs.parse(recipeArgs),
        stage,
        overrides,
        strictModelopt ? Dialect.STRICT_MODELOPT : Dialect.ANY);
  }
}
