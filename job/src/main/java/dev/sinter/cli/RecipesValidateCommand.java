/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.RequestException;
import dev.sinter.recipe.RecipeCheck;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Checks recipes. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Checks recipes: all that is wrong with each, or a line that says ok.")
final class RecipesValidateCommand implements Callable<Integer> {
  private final PrintStream out;
  private final PrintStream err;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files, or names; snippets, too.")
  private List<String> files;

  @Mixin private RecipeChanges changes;

  RecipesValidateCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    int code = 0;
    for (String file : files) {
      try {
        RecipeCheck check = RecipeCheck.of(changes.request(Optional.empty(), List.of(file)));
        RecipesCommand.tell(err, check.notes());
        RecipesCommand.tell(
            err,
            check.missing().stream()
                .map(what -> file + ": this version does not have " + what + ", to run it")
                .toList());
        out.println(file + ": ok");
      } catch (RequestException e) {
        e.problems().forEach(problem -> err.println("sinter: " + problem));
        code = Failures.WRONG_REQUEST;
      }
    }
    return code;
  }
}
