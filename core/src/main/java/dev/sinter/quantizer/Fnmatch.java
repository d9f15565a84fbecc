/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern as Python's fnmatch has it, for a whole name: * is any text, dots included, ? one
 * character, [abc] one of some, [!abc] none of them; a bracket that is not closed stands for
 * itself. Never backtracks further than to the last star.
 */
final class Fnmatch {
  private static final char STAR = '*';

  private final List<Token> tokens = new ArrayList<>();

  /** The literal end of the pattern, which tells most names apart at once. */
  private final String ending;

  /** One character, or any text. */
  private record Token(Kind kind, String chars) {
    boolean matches(char c) {
      return switch (kind) {
        case ANY -> true;
        case STAR -> false;
        case ONE_OF -> inRanges(c);
        case NONE_OF -> !inRanges(c);
      };
    }

    boolean isLiteral() {
      return kind == Kind.ONE_OF && chars.length() == 1;
    }

    private boolean inRanges(char c) {
      for (int i = 0; i < chars.length(); i++) {
        if (i + 2 < chars.length() && chars.charAt(i + 1) == '-') {
          if (chars.charAt(i) <= c && c <= chars.charAt(i + 2)) {
            return true;
          }
          i += 2;
        } else if (chars.charAt(i) == c) {
          return true;
        }
      }
      return false;
    }
  }

  private enum Kind {
    ANY,
    STAR,
    ONE_OF,
    NONE_OF
  }

  Fnmatch(String pattern) {
    int last = 0;
    for (int i = 0; i < pattern.length(); ) {
      char c = pattern.charAt(i);
      int close = c == '[' ? closing(pattern, i) : -1;
      if (c == STAR) {
        tokens.add(new Token(Kind.STAR, ""));
        i++;
        last = i;
      } else if (c == '?') {
        tokens.add(new Token(Kind.ANY, ""));
        i++;
        last = i;
      } else if (close > 0) {
        boolean not = pattern.charAt(i + 1) == '!';
        String chars = pattern.substring(not ? i + 2 : i + 1, close);
        tokens.add(new Token(not ? Kind.NONE_OF : Kind.ONE_OF, chars));
        i = close + 1;
        last = i;
      } else {
        // A minus alone is no range.
        tokens.add(new Token(Kind.ONE_OF, String.valueOf(c)));
        i++;
      }
    }
    this.ending = pattern.substring(last);
  }

  /**
   * Where a set ends that begins with a bracket; a bracket right behind the start is in the set.
   */
  private static int closing(String pattern, int open) {
    int from = open + 1;
    if (from < pattern.length() && pattern.charAt(from) == '!') {
      from++;
    }
    return from < pattern.length() ? pattern.indexOf(']', from + 1) : -1;
  }

  /**
   * Whether names that differ in their numeric parts alone may differ to this pattern. Digits
   * beside a letter, as in conv1d, are no such part.
   */
  boolean tellsNumbers() {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean digits = "0123456789".chars().anyMatch(c -> token.matches((char) c));
      boolean inWord = token.isLiteral() && (isWord(i - 1) || isWord(i + 1));
      if (digits && !inWord) {
        return true;
      }
    }
    return false;
  }

  private boolean isWord(int index) {
    return index >= 0
        && index < tokens.size()
        && tokens.get(index).isLiteral()
        && (Character.isLetter(tokens.get(index).chars().charAt(0))
            || tokens.get(index).chars().charAt(0) == '_');
  }

  boolean matches(String name) {
    if (!name.endsWith(ending)) {
      return false;
    }
    int at = 0;
    int token = 0;
    int starToken = -1;
    int starAt = 0;
    while (at < name.length()) {
      if (token < tokens.size() && tokens.get(token).kind() == Kind.STAR) {
        starToken = token++;
        starAt = at;
      } else if (token < tokens.size() && tokens.get(token).matches(name.charAt(at))) {
        token++;
        at++;
      } else if (starToken >= 0) {
        token = starToken + 1;
        at = ++starAt;
      } else {
        return false;
      }
    }
    while (token < tokens.size() && tokens.get(token).kind() == Kind.STAR) {
      token++;
    }
    return token == tokens.size();
  }
}
