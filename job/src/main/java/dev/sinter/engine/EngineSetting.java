/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A setting: its key, what it is if it is not given, the words that it may be or none if it is a
 * quantity, what it may be as a sentence says it, what it is for, and how its text is read, which
 * fails with an {@link IllegalArgumentException}.
 */
record EngineSetting<T>(
    String key,
    String usual,
    List<String> words,
    String values,
    String what,
    Function<String, T> reading) {

  /** One whose value is one of some words. */
  static <T> EngineSetting<T> ofWords(
      String key, List<String> words, String what, Function<String, T> reading) {
    return new EngineSetting<>(
        key, words.get(0), words, "one of " + String.join(", ", words), what, reading);
  }

  /** One whose value is a quantity. */
  static <T> EngineSetting<T> of(
      String key, String usual, String values, String what, Function<String, T> reading) {
    return new EngineSetting<>(key, usual, List.of(), values, what, reading);
  }

  /** The given value, or the usual one if there is none or it is wrong, which is a problem. */
  T of(Map<String, String> given, Problems problems) {
    String text = given.getOrDefault(key, usual).strip();
    try {
      if (words.isEmpty() || words.contains(text)) {
        return reading.apply(text);
      }
    } catch (IllegalArgumentException e) {
      // Said below, in the words of the setting.
    }
    String hint = Nearest.hint(text, words);
    problems.add(key + " must be " + values + ", not " + text + (hint.isEmpty() ? "" : "." + hint));
    return reading.apply(usual);
  }

  /** Its row of the table. */
  String row() {
    return "| `" + key + "` | `" + usual + "` | " + values + " | " + what + " |";
  }
}
