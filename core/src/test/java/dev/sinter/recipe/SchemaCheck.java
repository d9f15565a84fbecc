/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Holds values against a JSON Schema, as far as ours goes; another keyword is an error. */
record SchemaCheck(Json.Obj root) {
  private static final Set<String> KEYWORDS =
      Set.of(
          "$schema",
          "$defs",
          "$ref",
          "title",
          "description",
          "default",
          "type",
          "enum",
          "const",
          "minimum",
          "maximum",
          "minItems",
          "maxItems",
          "maxProperties",
          "pattern",
          "required",
          "properties",
          "patternProperties",
          "additionalProperties",
          "items",
          "anyOf");

  /** What does not fit; for alternatives, that none does. */
  List<String> problems(Json value) {
    return problems("", root, value);
  }

  /** The definitions that the schema names. */
  Json.Obj resolve(String ref) {
    Json definitions = root.members().get("$defs");
    return (Json.Obj)
        Optional.ofNullable(
                ((Json.Obj) definitions).members().get(ref.substring("#/$defs/".length())))
            .orElseThrow(() -> new AssertionError("There is no " + ref));
  }

  private List<String> problems(String path, Json.Obj schema, Json value) {
    List<String> found = new ArrayList<>();
    schema
        .members()
        .forEach(
            (keyword, said) -> {
              if (!KEYWORDS.contains(keyword)) {
                throw new AssertionError("The keyword " + keyword + " is not known here");
              }
              if (!holds(keyword, said, value)) {
                found.add(path + ": " + value + " is not of " + keyword + " " + said);
              }
            });
    Map<String, Json> parts = schema.members();
    if (parts.get("$ref") instanceof Json.Str ref) {
      found.addAll(problems(path, resolve(ref.value()), value));
    }
    if (parts.get("anyOf") instanceof Json.Arr forms) {
      List<List<String>> tried =
          forms.items().stream().map(form -> problems(path, (Json.Obj) form, value)).toList();
      if (tried.stream().noneMatch(List::isEmpty)) {
        found.add(path + ": no form fits: " + tried);
      }
    }
    if (parts.get("items") instanceof Json.Obj form && value instanceof Json.Arr list) {
      for (int i = 0; i < list.items().size(); i++) {
        found.addAll(problems(path + "[" + i + "]", form, list.items().get(i)));
      }
    }
    if (value instanceof Json.Obj object) {
      object
          .members()
          .forEach((name, member) -> found.addAll(member(path + "." + name, parts, name, member)));
    }
    return found;
  }

  private List<String> member(String path, Map<String, Json> schema, String name, Json value) {
    List<String> found = new ArrayList<>();
    boolean known = false;
    if (schema.get("properties") instanceof Json.Obj named && named.members().containsKey(name)) {
      known = true;
      found.addAll(problems(path, (Json.Obj) named.members().get(name), value));
    }
    if (schema.get("patternProperties") instanceof Json.Obj patterns) {
      for (Map.Entry<String, Json> entry : patterns.members().entrySet()) {
        if (Pattern.compile(entry.getKey()).matcher(name).find()) {
          known = true;
          found.addAll(problems(path, (Json.Obj) entry.getValue(), value));
        }
      }
    }
    Json others = schema.get("additionalProperties");
    if (!known && others instanceof Json.Bool allowed && !allowed.value()) {
      found.add(path + ": there is no such property");
    } else if (!known && others instanceof Json.Obj form) {
      found.addAll(problems(path, form, value));
    }
    return found;
  }

  private static boolean holds(String keyword, Json said, Json value) {
    return switch (keyword) {
      case "type" -> isOfType(((Json.Str) said).value(), value);
      case "enum" -> ((Json.Arr) said).items().contains(value);
      case "const" -> said.equals(value);
      case "minimum" -> !(value instanceof Json.Num n) || n.asDouble() >= number(said);
      case "maximum" -> !(value instanceof Json.Num n) || n.asDouble() <= number(said);
      case "minItems" -> !(value instanceof Json.Arr a) || a.items().size() >= number(said);
      case "maxItems" -> !(value instanceof Json.Arr a) || a.items().size() <= number(said);
      case "maxProperties" -> !(value instanceof Json.Obj o) || o.members().size() <= number(said);
      case "pattern" ->
          !(value instanceof Json.Str text)
              || Pattern.compile(((Json.Str) said).value()).matcher(text.value()).find();
      case "required" ->
          !(value instanceof Json.Obj object)
              || ((Json.Arr) said)
                  .items().stream()
                      .allMatch(name -> object.members().containsKey(((Json.Str) name).value()));
      default -> true;
    };
  }

  private static double number(Json value) {
    return ((Json.Num) value).asDouble();
  }

  private static boolean isOfType(String type, Json value) {
    return switch (type) {
      case "object" -> value instanceof Json.Obj;
      case "array" -> value instanceof Json.Arr;
      case "string" -> value instanceof Json.Str;
      case "boolean" -> value instanceof Json.Bool;
      case "number" -> value instanceof Json.Num;
      case "integer" -> value instanceof Json.Num number && number.isInteger();
      case "null" -> value instanceof Json.Null;
      default -> throw new AssertionError("There is no type " + type);
    };
  }
}
