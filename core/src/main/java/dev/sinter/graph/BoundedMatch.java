/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.problem.RequestException;
import java.util.regex.Pattern;

/**
 * Matches a regular expression that a stranger wrote against many names: one that backtracks
 * without end, on one name or on all of them together, is stopped and named.
 */
final class BoundedMatch {
  /** Far more than an honest expression reads of a module's name. */
  private static final int MOST_READS = 1_000_000;

  /** More than an honest expression reads of all names of the largest models. */
  private static final long MOST_IN_ALL = 300_000_000;

  private final String rule;
  private long readInAll;

  BoundedMatch(String rule) {
    this.rule = rule;
  }

  /** Whether a text matches from its start. */
  boolean lookingAt(Pattern expression, String text) {
    CountedText counted = new CountedText(text);
    boolean matches = expression.matcher(counted).lookingAt();
    readInAll += counted.reads;
    return matches;
  }

  /** A text that counts how often its characters are read. */
  private final class CountedText implements CharSequence {
    private final String text;
    private int reads;

    CountedText(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++reads > MOST_READS || readInAll + reads > MOST_IN_ALL) {
        throw new RequestException(
            rule
                + " backtracks without end, here on the name "
                + text
                + ". Write it with fewer repetitions, and none within another");
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
