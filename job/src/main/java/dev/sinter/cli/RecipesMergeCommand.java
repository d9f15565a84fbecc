/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.recipe.Dialect;
import dev.sinter.recipe.RecipeMerge;
import dev.sinter.recipe.RecipeRequest;
import dev.sinter.recipe.ResolvedConfig;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges recipes. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "Puts recipes over each other and writes the whole. Of what is in several the later wins; lists are replaced, but rules of quant_cfg are put behind.")
final class RecipesMergeCommand implements Callable<Integer> {
  private final PrintStream out;
  private final PrintStream err;

  @Parameters(paramLabel = "RECIPE", arity = "2..*", description = "Names, files, or YAML.")
  private List<String> recipes;

  @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Changes a value of the whole.")
  private List<String> overrides = List.of();

  @Option(
      names = "--strict-modelopt",
      description = "The recipes, and the whole, must be such as ModelOpt takes.")
  private boolean strictModelopt;

  RecipesMergeCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ResolvedConfig merged =
        RecipeMerge.of(
            new RecipeRequest(
                recipes,
                Map.of(),
                Optional.empty(),
                overrides,
                strictModelopt ? Dialect.STRICT_MODELOPT : Dialect.ANY));
    RecipesCommand.tell(err, merged.notes());
    out.print(merged.yaml());
    return 0;
  }
}
