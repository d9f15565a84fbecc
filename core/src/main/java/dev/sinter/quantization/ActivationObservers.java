/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The observers that inputs, outputs and caches may have while data runs through the model. */
final class ActivationObservers {
  /** The extremes of all that was seen. */
  static final String STANDARD = "static_minmax";

  private static final Set<String> SEARCH =
      Set.of("maxshrink", "patience", "grid", "norm", "expand", "chunk_size");

  private static final Map<String, Set<String>> SETTINGS =
      Map.of(
          STANDARD,
          Set.of(),
          "minmax",
          Set.of("averaging_constant"),
          "memoryless_minmax",
          Set.of(),
          "mse",
          Set.of("averaging_constant"),
          "memoryless_mse",
          Set.of());

  private ActivationObservers() {}

  /** The observer; problems are told. */
  static Observer resolve(Observer given, Consumer<String> problem) {
    if (!SETTINGS.containsKey(given.name())) {
      List<String> known = SETTINGS.keySet().stream().sorted().toList();
      problem.accept(
          "there is no observer \""
              + given.name()
              + "\" for inputs, outputs and caches."
              + Nearest.hint(given.name(), known)
              + " The observers are: "
              + String.join(", ", known));
      return given;
    }
    given.settings().members().forEach((name, value) -> check(given.name(), name, value, problem));
    return given;
  }

  private static void check(String observer, String setting, Json value, Consumer<String> problem) {
    boolean known =
        SETTINGS.get(observer).contains(setting)
            || (observer.endsWith("mse") && SEARCH.contains(setting));
    if (!known) {
      problem.accept("the observer " + observer + " has no setting \"" + setting + "\"");
    } else if (!(value instanceof Json.Num number) || !(number.asDouble() > 0)) {
      problem.accept("the observer's setting " + setting + " must be a positive number");
    }
  }
}
