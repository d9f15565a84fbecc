/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** What names stand for: what is given, then the constants. */
record ExpressionNames(Function<String, Optional<Json>> given, Collection<String> known) {
  static final Map<String, Json> CONSTANTS = Map.of("pi", Json.of(Math.PI), "e", Json.of(Math.E));

  /** How YAML and JSON spell Python's values. */
  private static final Map<String, String> RESPELLED =
      Map.of("true", "True", "false", "False", "null", "None", "none", "None");

  private static final int FEW = 12;

  Json value(String name, int at) {
    return given
        .apply(name)
        .or(() -> Optional.ofNullable(CONSTANTS.get(name)))
        .orElseThrow(() -> new ExpressionException(unknown(name), at));
  }

  private String unknown(String name) {
    if (ExpressionFunctions.find(name).isPresent()) {
      return name + " is a function; write " + name + "(...)";
    }
    if (RESPELLED.containsKey(name)) {
      return "Unknown name " + name + ". Did you mean " + RESPELLED.get(name) + "?";
    }
    String list =
        known.isEmpty() || known.size() > FEW
            ? ""
            : " Known are: " + String.join(", ", new TreeSet<>(known));
    return "Unknown name " + name + "." + Nearest.hint(name, known) + list;
  }
}
