/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.modifier.Modifier;
import java.util.stream.Collectors;

/**
 * Writes a recipe as it was understood, defaults included, in the form that llm-compressor writes
 * and both read. Values are flow style, which is JSON, which is YAML.
 */
public final class RecipeWriter {
  private RecipeWriter() {}

  public static String write(Recipe recipe) {
    StringBuilder out = new StringBuilder("default_stage:\n  default_modifiers:\n");
    boolean repeats =
        recipe.modifiers().stream().map(Modifier::name).distinct().count()
            < recipe.modifiers().size();
    for (Modifier modifier : recipe.modifiers()) {
      out.append(repeats ? "  - " : "    ").append(modifier.name()).append(":\n");
      modifier
          .settings()
          .members()
          .forEach(
              (name, value) ->
                  out.append("      ").append(name).append(": ").append(flow(value)).append('\n'));
    }
    return out.toString();
  }

  private static String flow(Json value) {
    if (value instanceof Json.Arr array) {
      return array.items().stream()
          .map(RecipeWriter::flow)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Json.Num number) {
      // YAML 1.1 reads an exponent without a point as text.
      return number.text().contains(".") ? number.text() : number.text().replace("e", ".0e");
    }
    if (value instanceof Json.Str text
        && text.value().matches("[A-Za-z][A-Za-z0-9_.]*")
        && !isWord(text.value())) {
      return text.value();
    }
    return JsonWriter.ascii(value);
  }

  /** What YAML 1.1 would read as something other than text. */
  private static boolean isWord(String text) {
    return text.matches("(?i)true|false|yes|no|on|off|null|y|n");
  }
}
