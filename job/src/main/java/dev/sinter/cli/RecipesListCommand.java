/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.recipe.CatalogEntry;
import dev.sinter.recipe.CatalogEntry.Kind;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what is built in. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Lists the built-in recipes with what they do. + stands before those that this version runs, - before those of which no output format holds all.")
final class RecipesListCommand implements Callable<Integer> {
  private final PrintStream out;
  private final PrintStream err;

  @Option(
      names = "--json",
      description =
          "For programs: also when to take a recipe, its paper, dialect and methods, and what this version lacks to run it.")
  private boolean json;

  @Option(names = "--all", description = "Also the snippets that recipes import.")
  private boolean all;

  RecipesListCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    List<CatalogEntry> entries =
        CatalogEntry.all().stream().filter(entry -> all || entry.kind() != Kind.SNIPPET).toList();
    if (json) {
      out.print(
          JsonWriter.pretty(
              Json.object("recipes", entries.stream().map(CatalogEntry::json).toList())));
      return 0;
    }
    Map<String, Integer> widths = new HashMap<>();
    entries.forEach(e -> widths.merge(folder(e.name()), e.name().length(), Math::max));
    for (CatalogEntry entry : entries) {
      int gap = widths.get(folder(entry.name())) - entry.name().length() + 2;
      out.println(
          (entry.isRunnable() ? "+ " : entry.isRefused() ? "- " : "  ")
              + entry.name()
              + " ".repeat(gap)
              + entry.head().meaning());
    }
    err.println(
        "sinter: + this version runs it, - no output format holds all of it on a usual model");
    return 0;
  }

  private static String folder(String name) {
    return name.substring(0, name.lastIndexOf('/') + 1);
  }
}
