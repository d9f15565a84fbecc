/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A setting: its key, what it is if it is not given, what it may be, what it is for, and how its
 * text is read, which fails with an {@link IllegalArgumentException}.
 */
record EngineSetting<T>(
    String key, String usual, String values, String what, Function<String, T> reading) {
  private static final String ONE_OF = "one of ";

  static String oneOf(String... words) {
    return ONE_OF + String.join(", ", words);
  }

  /** The given value, or the usual one if there is none or it is wrong, which is a problem. */
  T of(Map<String, String> given, Problems problems) {
    String text = given.getOrDefault(key, usual).strip();
    try {
      if (isAllowed(text)) {
        return reading.apply(text);
      }
    } catch (IllegalArgumentException e) {
      // Said below, in the words of the setting.
    }
    String hint = Nearest.hint(text, words());
    problems.add(
        key + " must be " + values + ", not " + text + (hint.isEmpty() ? "" : "." + hint));
    return reading.apply(usual);
  }

  private boolean isAllowed(String text) {
    return words().isEmpty() || words().contains(text);
  }

  /** The words that are allowed; none if it is no matter of words. */
  private List<String> words() {
    return values.startsWith(ONE_OF)
        ? Arrays.asList(values.substring(ONE_OF.length()).split(", "))
        : List.of();
  }

  /** Its row of the table. */
  String row() {
    return "| `" + key + "` | `" + usual + "` | " + values + " | " + what + " |";
  }
}
