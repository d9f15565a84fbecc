/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static dev.sinter.recipe.RecipeSchema.any;
import static dev.sinter.recipe.RecipeSchema.list;
import static dev.sinter.recipe.RecipeSchema.ref;
import static dev.sinter.recipe.RecipeSchema.type;

import dev.sinter.json.Json;
import dev.sinter.quantizer.AutoQuantize;
import dev.sinter.quantizer.QuantizeReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The schema of ModelOpt's sections. */
final class QuantizeSchema {
  static final String QUANTIZE = "quantize";

  private static final String ALGORITHM = "algorithm";
  private static final String ATTRIBUTES = "attributes";
  private static final String BITS = "bits";
  private static final String RULE = "rule";
  private static final String METHOD = "method";

  private QuantizeSchema() {}

  static void addTo(Map<String, Json> definitions) {
    Json.Obj section = QuantizeReader.TABLE.schema();
    section = with(section, "quant_cfg", rules());
    definitions.put(QUANTIZE, with(section, ALGORITHM, ref(ALGORITHM)));
    Json.Obj attributes = QuantizeReader.attributeTable().schema();
    attributes = with(attributes, "block_sizes", blockSizes());
    definitions.put(ATTRIBUTES, with(attributes, "num_bits", ref(BITS)));
    definitions.put(BITS, bits());
    Json.Obj cfg = any(ref(ATTRIBUTES), list(ref(ATTRIBUTES)));
    definitions.put(RULE, with(QuantizeReader.ruleTable().schema(), "cfg", cfg));
    algorithms(definitions);
    definitions.put(StageReader.AUTO_QUANTIZE, autoQuantize());
  }

  /** A list of rules; the maps of older documents are taken without a look at what is in them. */
  private static Json.Obj rules() {
    Json.Obj older =
        Json.object(
            "type",
            "object",
            "maxProperties",
            1,
            "patternProperties",
            Json.object("[*?\\[.]|^default$", type("object")),
            "additionalProperties",
            false);
    return any(list(any(ref(RULE), older)), type("object"));
  }

  private static Json.Obj bits() {
    Json.Obj pair = list(type("integer")).with("minItems", Json.of(2)).with("maxItems", Json.of(2));
    return any(
        Json.object("type", "integer", "minimum", 1),
        Json.object("type", "string", "pattern", "^[eE]\\d{1,2}[mM]\\d{1,2}$"),
        pair);
  }

  private static Json.Obj blockSizes() {
    Json.Obj size = any(Json.object("type", "integer", "minimum", 1), type("null"));
    return Json.object(
        "type",
        "object",
        "properties",
        Json.object(
            "type",
            Json.object("type", "string", "enum", List.of("static", "dynamic")),
            "scale_bits",
            ref(BITS),
            "four_over_six",
            type("boolean"),
            "scale_block_sizes",
            Json.object()),
        "patternProperties",
        Json.object("^-?\\d$", size),
        "additionalProperties",
        false);
  }

  /** A name, settings with a method, a list of these, or nothing. */
  private static void algorithms(Map<String, Json> definitions) {
    List<String> names = QuantizeReader.algorithmNames();
    List<Json> forms = new ArrayList<>();
    forms.add(type("null"));
    forms.add(Json.object("type", "string", "enum", names));
    for (String name : names) {
      Json.Obj settings = QuantizeReader.algorithmTables().get(name).schema();
      for (String nested : List.of("weight_scale_algorithm", "scale_algorithm")) {
        settings = has(settings, nested) ? with(settings, nested, ref(ALGORITHM)) : settings;
      }
      Json.Obj method = Json.object("type", "string", "const", name);
      Json.Obj properties = ((Json.Obj) settings.members().get("properties")).with(METHOD, method);
      definitions.put(
          "algorithm_" + name,
          settings.with("properties", properties).with("required", Json.of(List.of(METHOD))));
      forms.add(ref("algorithm_" + name));
    }
    forms.add(list(ref(ALGORITHM)));
    definitions.put(ALGORITHM, Json.object("anyOf", forms));
  }

  private static Json.Obj autoQuantize() {
    Json.Obj space = with(AutoQuantize.spaceTable().schema(), "candidate_formats", formats());
    Json.Obj search = with(AutoQuantize.TABLE.schema(), "candidate_formats", formats());
    search = with(search, "module_search_spaces", list(space));
    return with(search, "kv_cache", ref(QUANTIZE));
  }

  private static Json.Obj formats() {
    return list(ref(QUANTIZE));
  }

  private static boolean has(Json.Obj table, String property) {
    return ((Json.Obj) table.members().get("properties")).members().containsKey(property);
  }

  /** The table with the form of a property that the table leaves open. */
  private static Json.Obj with(Json.Obj table, String property, Json.Obj form) {
    Json.Obj properties = (Json.Obj) table.members().get("properties");
    Json.Obj described = (Json.Obj) properties.members().get(property);
    Json.Obj closed = described.with("anyOf", Json.of(List.of(form, type("null"))));
    return table.with("properties", properties.with(property, closed));
  }
}
