/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.quantizer.AutoQuantize;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of the library.
 *
 * @param methods what a recipe does, by the names that it has for it; none for a snippet
 * @param missing what this version lacks to run it on a model of the usual form
 * @param refused what of it no output format holds on such a model
 */
public record CatalogEntry(
    String name,
    RecipeHead head,
    Kind kind,
    List<String> methods,
    List<String> missing,
    List<String> refused) {
  /** What a file is for. */
  public enum Kind {
    /** A recipe by llm-compressor's modifiers. */
    LLM_COMPRESSOR("llm-compressor"),
    /** A recipe by ModelOpt's rules. */
    MODELOPT("modelopt"),
    /** What ModelOpt's recipes import. */
    SNIPPET("modelopt");

    private final String dialect;

    Kind(String dialect) {
      this.dialect = dialect;
    }
  }

  public CatalogEntry {
    methods = List.copyOf(methods);
    missing = List.copyOf(missing);
    refused = List.copyOf(refused);
  }

  /** All that is built in, snippets too, by name. */
  public static List<CatalogEntry> all() {
    return Recipes.names().stream().map(CatalogEntry::of).toList();
  }

  static CatalogEntry of(String name) {
    RecipeHead head = RecipeHead.of(Recipes.source(name));
    if (ResolvedConfig.isSnippet(name)) {
      return new CatalogEntry(name, head, Kind.SNIPPET, List.of(), List.of(), List.of());
    }
    Recipe recipe = Recipes.load(name);
    boolean rules =
        recipe.stages().stream()
            .anyMatch(
                stage ->
                    stage.quantize().isPresent()
                        || stage.modifiers().stream().anyMatch(AutoQuantize.class::isInstance));
    return new CatalogEntry(
        name,
        head,
        rules ? Kind.MODELOPT : Kind.LLM_COMPRESSOR,
        methods(recipe),
        TypicalModel.missing(recipe),
        TypicalModel.refused(recipe));
  }

  private static List<String> methods(Recipe recipe) {
    List<String> methods = new ArrayList<>();
    for (Stage stage : recipe.stages()) {
      if (stage.quantize().isPresent()) {
        methods.addAll(algorithms(stage.quantize().get().members().get("algorithm")));
      } else {
        stage.modifiers().forEach(modifier -> methods.add(modifier.name()));
      }
    }
    return methods;
  }

  private static List<String> algorithms(Json given) {
    if (given instanceof Json.Arr list) {
      return list.items().stream().flatMap(item -> algorithms(item).stream()).toList();
    }
    if (given instanceof Json.Obj settings) {
      return algorithms(settings.members().get("method"));
    }
    return given instanceof Json.Str name ? List.of(name.value()) : List.of();
  }

  /** Whether it is a recipe that this version runs. */
  public boolean isRunnable() {
    return kind != Kind.SNIPPET && missing.isEmpty() && refused.isEmpty();
  }

  /** Whether some of it is in no format that clients read, whatever the version. */
  public boolean isRefused() {
    return !refused.isEmpty();
  }

  /** The entry for programs. */
  public Json.Obj json() {
    Json.Obj all =
        Json.object(
            "name",
            name,
            "kind",
            kind == Kind.SNIPPET ? "snippet" : "recipe",
            "meaning",
            head.meaning(),
            "when",
            head.when().isEmpty() ? null : head.when(),
            "paper",
            head.paper().isEmpty() ? null : head.paper(),
            "dialect",
            kind.dialect);
    return kind == Kind.SNIPPET
        ? all
        : all.with("methods", Json.of(methods))
            .with("runs", Json.of(isRunnable()))
            .with("missing", Json.of(missing))
            .with("refused", Json.of(refused));
  }
}
