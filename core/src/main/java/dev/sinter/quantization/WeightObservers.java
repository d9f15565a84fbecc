/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The observers that a weight may have, and what their names and settings mean. */
final class WeightObservers {
  private static final String MIN_MAX = Observer.MIN_MAX.name();
  private static final String MSE = "memoryless_mse";
  private static final String EXPANDED_MSE = "nvfp4_expanded_mse";

  /** A weight is seen once, so that what remembers is what does not: the peer says so, too. */
  private static final Map<String, String> MEMORYLESS =
      Map.of("minmax", MIN_MAX, "static_minmax", MIN_MAX, "mse", MSE);

  /** Weighs errors by what calibration finds of inputs. */
  static final String IMATRIX = "imatrix_mse";

  private static final List<String> KNOWN = List.of(MIN_MAX, MSE, EXPANDED_MSE, IMATRIX);

  /**
   * Settings of the peer that decide how fast it searches, or belong to observers that remember.
   */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("chunk_size", "averaging_constant", "strict");

  private static final Set<String> SEARCH =
      Set.of("maxshrink", "patience", "grid", "norm", "expand");

  private WeightObservers() {}

  static boolean isSearch(Observer observer) {
    return !observer.name().equals(MIN_MAX) && !observer.name().isEmpty();
  }

  /** The observer as weights have it; problems are told, and then the result has no meaning. */
  static Observer resolve(Observer given, Consumer<String> problem) {
    String name = MEMORYLESS.getOrDefault(given.name(), given.name());
    if (!KNOWN.contains(name)) {
      problem.accept(
          "there is no observer \""
              + given.name()
              + "\" for weights."
              + Nearest.to(name, KNOWN)
                  .or(() -> Nearest.to(name, MEMORYLESS.keySet()))
                  .map(nearest -> " Did you mean " + nearest + "?")
                  .orElse("")
              + " The observers are: "
              + String.join(", ", KNOWN));
    }
    given
        .settings()
        .members()
        .forEach((setting, value) -> checkSetting(name, setting, value, problem));
    return new Observer(name, given.settings());
  }

  private static void checkSetting(
      String observer, String setting, Json value, Consumer<String> problem) {
    if (WITHOUT_EFFECT.contains(setting)) {
      return;
    }
    Set<String> settings = observer.equals(MIN_MAX) ? Set.of() : SEARCH;
    if (!settings.contains(setting)) {
      problem.accept(
          "the observer "
              + observer
              + " has no setting \""
              + setting
              + "\"."
              + Nearest.hint(setting, settings));
    } else if (!(value instanceof Json.Num number) || !(number.asDouble() > 0)) {
      problem.accept("the observer's setting " + setting + " must be a positive number");
    } else if (setting.equals("patience") && number.asDouble() < 1) {
      problem.accept("the observer's setting patience must be at least 1, not " + number.text());
    } else if (setting.equals("maxshrink") && number.asDouble() > 1) {
      problem.accept("the observer's setting maxshrink must not be above 1, not " + number.text());
    }
  }

  /** The settings of a search with the peer's defaults, by name. */
  static Map<String, Double> searchSettings(Observer observer) {
    Map<String, Double> settings = new LinkedHashMap<>();
    boolean expanded = observer.name().equals(EXPANDED_MSE);
    boolean weighing = observer.name().equals(IMATRIX);
    settings.put("maxshrink", expanded ? 1 - 0.8 / 1.8 : weighing ? 0.95 : 0.20);
    settings.put("patience", expanded ? 1000.0 : 5.0);
    settings.put("grid", expanded ? 200.0 : weighing ? 20.0 : 100.0);
    settings.put("norm", weighing ? 3.0 : 2.4);
    settings.put("expand", expanded ? 1.8 : 1.0);
    observer
        .settings()
        .members()
        .forEach(
            (name, value) -> {
              if (SEARCH.contains(name) && value instanceof Json.Num number) {
                settings.put(name, number.asDouble());
              }
            });
    return settings;
  }
}
