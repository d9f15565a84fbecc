/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.recipe.Recipes;
import dev.sinter.recipe.ResolvedConfig;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a recipe or a snippet. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows a recipe or a snippet, built in or from a file, as it is written.")
final class RecipesShowCommand implements Callable<Integer> {
  private final PrintStream out;
  private final PrintStream err;

  @Parameters(paramLabel = "NAME", description = "Its name, or the place of its file.")
  private String name;

  @Option(
      names = "--resolved",
      description =
          "With imports and args put in, and all that holds where nothing is said. --set, --recipe-args and --stage mean this, too.")
  private boolean resolved;

  @Option(names = "--stage", paramLabel = "NAME", description = "The only stage that is shown.")
  private Optional<String> stage = Optional.empty();

  @Mixin private RecipeChanges changes;

  RecipesShowCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    if (!resolved && stage.isEmpty() && !changes.isAny()) {
      out.print(Recipes.source(name));
      return 0;
    }
    ResolvedConfig config = ResolvedConfig.of(changes.request(stage, List.of(name)));
    RecipesCommand.tell(err, config.notes());
    out.print(config.yaml());
    return 0;
  }
}
