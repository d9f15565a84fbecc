/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.problem.RequestException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Matches regular expressions that strangers wrote: an expression that backtracks without end is
 * stopped and named, instead of hanging the driver.
 */
final class BoundedMatch {
  /** Far more than an honest expression reads of a module's name. */
  private static final int MOST_READS = 1_000_000;

  private BoundedMatch() {}

  /** Whether a text matches from its start. */
  static boolean lookingAt(String regex, String text) {
    try {
      return Pattern.compile(regex).matcher(new CountedText(text, regex)).lookingAt();
    } catch (PatternSyntaxException e) {
      throw new RequestException(
          "re:" + regex + " is no regular expression: " + e.getDescription(), e);
    }
  }

  /** A text that counts how often its characters are read. */
  private static final class CountedText implements CharSequence {
    private final String text;
    private final String regex;
    private int reads;

    CountedText(String text, String regex) {
      this.text = text;
      this.regex = regex;
    }

    @Override
    public char charAt(int index) {
      if (++reads > MOST_READS) {
        throw new RequestException(
            "re:"
                + regex
                + " backtracks without end on the name "
                + text
                + ". Write it without nested repetitions");
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
