/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the valid word that a misspelled one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /**
   * The candidate with the smallest edit distance, if it is within a third of the word's length
   * (two at least).
   */
  public static Optional<String> to(String word, Collection<String> candidates) {
    int limit = Math.max(2, word.length() / 3);
    return candidates.stream()
        .filter(candidate -> distance(word, candidate) <= limit)
        .min(
            Comparator.comparingInt((String candidate) -> distance(word, candidate))
                .thenComparing(c -> c));
  }

  /** " Did you mean X?" or nothing, to end a message with. */
  public static String hint(String word, Collection<String> candidates) {
    return to(word, candidates).map(nearest -> " Did you mean " + nearest + "?").orElse("");
  }

  /** Levenshtein's distance, case and -/_ folded. */
  private static int distance(String a, String b) {
    String left = fold(a);
    String right = fold(b);
    int[] previous = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] current = new int[right.length() + 1];
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int substitution = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[right.length()];
  }

  private static String fold(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }
}
