/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.json.JsonWriter;
import dev.sinter.recipe.RecipeSchema;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Writes the form of recipes for editors. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description =
        "Writes the form of recipes as JSON Schema, for editors: what may stand where, and what it means.")
final class RecipesSchemaCommand implements Callable<Integer> {
  private final PrintStream out;

  RecipesSchemaCommand(PrintStream out, PrintStream err) {
    this.out = out;
  }

  @Override
  public Integer call() {
    out.print(JsonWriter.pretty(RecipeSchema.json()));
    return 0;
  }
}
