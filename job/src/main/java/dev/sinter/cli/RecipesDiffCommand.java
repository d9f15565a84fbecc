/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.recipe.RecipeDiff;
import dev.sinter.recipe.ResolvedConfig;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Compares recipes. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "Says where two recipes, or snippets, differ when all is resolved. Exits with 1 if they do, as diff does.")
final class RecipesDiffCommand implements Callable<Integer> {
  private static final int DIFFERENT = 1;

  private final PrintStream out;
  private final PrintStream err;

  @Parameters(index = "0", paramLabel = "A", description = "A name, or the place of a file.")
  private String before;

  @Parameters(index = "1", paramLabel = "B", description = "What it is held against.")
  private String after;

  @Mixin private RecipeChanges changes;

  RecipesDiffCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    List<String> lines = RecipeDiff.of(resolved(before).json(), resolved(after).json());
    lines.forEach(out::println);
    return lines.isEmpty() ? 0 : DIFFERENT;
  }

  private ResolvedConfig resolved(String name) {
    ResolvedConfig config = ResolvedConfig.of(changes.request(Optional.empty(), List.of(name)));
    RecipesCommand.tell(err, config.notes());
    return config;
  }
}
