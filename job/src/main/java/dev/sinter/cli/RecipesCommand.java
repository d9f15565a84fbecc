/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be said of recipes without a model. */
@Command(
    name = "recipes",
    mixinStandardHelpOptions = true,
    description = "Lists, shows, checks, compares and merges recipes; no model is needed.",
    subcommands = {
      RecipesListCommand.class,
      RecipesShowCommand.class,
      RecipesValidateCommand.class,
      RecipesDiffCommand.class,
      RecipesMergeCommand.class,
      RecipesSchemaCommand.class
    })
final class RecipesCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new CommandLine.ParameterException(spec.commandLine(), "A command is missing");
  }

  /** Says what a person should know of how recipes were read. */
  static void tell(PrintStream err, List<String> notes) {
    notes.forEach(note -> err.println("sinter: note: " + note));
  }
}
