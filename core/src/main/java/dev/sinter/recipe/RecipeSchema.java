/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.ModifierRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The form of recipes as JSON Schema, draft 2020-12, for editors. It comes from the tables that
 * check recipes; what the parts of a recipe need of each other is for {@code recipes validate}.
 */
public final class RecipeSchema {
  static final String MODIFIERS = "modifiers";
  static final String STAGE = "stage";

  private static final String ANY_GROUP = "_modifiers$";

  private RecipeSchema() {}

  /** The whole schema. */
  public static Json.Obj json() {
    Map<String, Json> definitions = new TreeMap<>();
    modifiers(definitions);
    definitions.put(STAGE, stage());
    QuantizeSchema.addTo(definitions);
    Json.Obj root =
        Json.object(
            "$schema",
            "https://json-schema.org/draft/2020-12/schema",
            "title",
            "A recipe of Sinter",
            "type",
            "object",
            "properties",
            root(),
            "patternProperties",
            Json.object(ANY_GROUP, ref(MODIFIERS), "_stage$", ref(STAGE)),
            "additionalProperties",
            false,
            "$defs",
            definitions);
    return SchemaForms.open(root);
  }

  static Json.Obj ref(String definition) {
    return Json.object("$ref", "#/$defs/" + definition);
  }

  static Json.Obj list(Json items) {
    return Json.object("type", "array", "items", items);
  }

  static Json.Obj any(Json... schemas) {
    return Json.object("anyOf", List.of(schemas));
  }

  static Json.Obj type(String type) {
    return Json.object("type", type);
  }

  private static Json.Obj root() {
    Json.Obj object = type("object");
    return Json.object(
        MODIFIERS,
        ref(MODIFIERS),
        RecipeReader.STAGES,
        any(object.with("additionalProperties", ref(STAGE)), list(ref(STAGE))),
        StageReader.QUANTIZE,
        ref(QuantizeSchema.QUANTIZE),
        StageReader.AUTO_QUANTIZE,
        ref(StageReader.AUTO_QUANTIZE),
        "imports",
        described("Names for snippets, for $import", object)
            .with("additionalProperties", type("string")),
        Evaluation.ARGS,
        described("Values for eval(...)", object),
        "metadata",
        metadata(),
        "version",
        Json.object(),
        "dataset",
        DatasetSettings.TABLE.schema(),
        RecipeReader.HISTORY,
        Json.object("type", "array"));
  }

  private static Json.Obj metadata() {
    return Json.object(
        "type",
        "object",
        "properties",
        Json.object(
            "recipe_type",
            Json.object("type", "string", "enum", List.of("ptq", StageReader.AUTO_QUANTIZE)),
            "description",
            type("string")));
  }

  private static Json.Obj described(String description, Json.Obj schema) {
    return schema.with("description", Json.of(description));
  }

  private static Json.Obj stage() {
    Map<String, Json> properties = new LinkedHashMap<>();
    properties.put(MODIFIERS, ref(MODIFIERS));
    properties.put(StageReader.QUANTIZE, ref(QuantizeSchema.QUANTIZE));
    properties.put("run_type", Json.object("type", "string", "enum", List.of("oneshot", "train")));
    properties.put("enabled", type("boolean"));
    properties.put(Evaluation.ARGS, described("Values for eval(...)", type("object")));
    StageReader.WITHOUT_EFFECT.forEach(
        name -> properties.put(name, described("no effect", Json.object())));
    return Json.object(
        "type",
        "object",
        "properties",
        properties,
        "patternProperties",
        Json.object(ANY_GROUP, ref(MODIFIERS)),
        "additionalProperties",
        false);
  }

  private static void modifiers(Map<String, Json> definitions) {
    Map<String, Json> byName = new LinkedHashMap<>();
    ModifierRegistry registry = new ModifierRegistry();
    for (ModifierFactory factory : registry.factories()) {
      String name = factory.table().owner();
      definitions.put(name, described(factory.meaning(), factory.table().schema()));
      byName.put(name, any(ref(name), type("null")));
    }
    registry.olderNames().forEach((older, name) -> byName.put(older, any(ref(name), type("null"))));
    Json.Obj map =
        Json.object("type", "object", "properties", byName, "additionalProperties", false);
    List<Json> forms = new ArrayList<>(List.of(map, list(map)));
    definitions.put(MODIFIERS, Json.object("anyOf", forms));
  }
}
