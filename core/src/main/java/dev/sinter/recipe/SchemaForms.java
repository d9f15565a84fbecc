/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Opens a schema for what recipes may have everywhere: {@code $import} in a map and as an item of a
 * list, and {@code eval(...)} in the place of a value.
 */
final class SchemaForms {
  private static final String IMPORT = "$import";
  private static final String EVAL = "eval";
  private static final String DEFS = "$defs";
  private static final String REQUIRED = "required";
  private static final String ANY_OF = "anyOf";
  private static final String PROPERTIES = "properties";
  private static final Set<String> BY_NAME = Set.of(PROPERTIES, "patternProperties", DEFS);

  private SchemaForms() {}

  static Json.Obj open(Json.Obj root) {
    Json.Obj opened = schema(root);
    Json.Obj names =
        Json.object(
            ANY_OF,
            List.of(RecipeSchema.type("string"), RecipeSchema.list(RecipeSchema.type("string"))));
    Json.Obj item =
        Json.object(
            "type",
            "object",
            PROPERTIES,
            Json.object(IMPORT, RecipeSchema.ref(IMPORT)),
            REQUIRED,
            List.of(IMPORT),
            "additionalProperties",
            false);
    Json.Obj definitions =
        ((Json.Obj) opened.members().get(DEFS))
            .with(IMPORT, names.with("description", Json.of("Snippets that imports names")))
            .with("import_item", item)
            .with(
                EVAL,
                Json.object(
                    "type",
                    "string",
                    "pattern",
                    "eval\\(",
                    "description",
                    "An expression of args"));
    return opened.with(DEFS, definitions);
  }

  private static Json.Obj schema(Json.Obj schema) {
    Map<String, Json> members = new LinkedHashMap<>();
    schema.members().forEach((keyword, value) -> members.put(keyword, below(keyword, value)));
    Json.Obj opened = new Json.Obj(members);
    if (members.containsKey(PROPERTIES)) {
      opened = importing(opened);
    }
    boolean value =
        Set.of(Json.of("boolean"), Json.of("integer"), Json.of("number"))
                .contains(members.getOrDefault("type", new Json.Null()))
            || members.containsKey("enum");
    return value ? Json.object(ANY_OF, List.of(opened, RecipeSchema.ref(EVAL))) : opened;
  }

  private static Json below(String keyword, Json value) {
    if (BY_NAME.contains(keyword)) {
      Map<String, Json> schemas = new LinkedHashMap<>();
      ((Json.Obj) value).members().forEach((name, s) -> schemas.put(name, schema((Json.Obj) s)));
      return new Json.Obj(schemas);
    }
    if (keyword.equals(ANY_OF)) {
      return new Json.Arr(
          ((Json.Arr) value).items().stream().map(s -> (Json) schema((Json.Obj) s)).toList());
    }
    if (keyword.equals("items")) {
      return RecipeSchema.any(schema((Json.Obj) value), RecipeSchema.ref("import_item"));
    }
    return keyword.equals("additionalProperties") && value instanceof Json.Obj form
        ? schema(form)
        : value;
  }

  /** A map may take what it needs from a snippet. */
  private static Json.Obj importing(Json.Obj map) {
    Json.Obj properties =
        ((Json.Obj) map.members().get(PROPERTIES)).with(IMPORT, RecipeSchema.ref(IMPORT));
    Json.Obj opened = map.with(PROPERTIES, properties);
    if (!map.members().containsKey(REQUIRED)) {
      return opened;
    }
    Json.Obj itself = Json.object(REQUIRED, map.members().get(REQUIRED));
    Json.Obj imported = Json.object(REQUIRED, List.of(IMPORT));
    return opened.without(REQUIRED).with(ANY_OF, Json.of(List.of(itself, imported)));
  }
}
