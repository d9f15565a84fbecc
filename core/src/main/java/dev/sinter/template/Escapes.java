/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.Optional;

/** The escapes of a string literal. As in Python, a backslash before anything else stays. */
final class Escapes {
  private static final String LETTERS = "abfnrtv\\'\"";
  private static final String MEANT = "\u0007\b\f\n\r\t\u000b\\'\"";
  private static final int OCTAL_DIGITS = 3;

  private final String text;
  private final int at;
  private final StringBuilder decoded = new StringBuilder();
  private int next;

  private Escapes(String text, int at) {
    this.text = text;
    this.at = at;
  }

  /** What the inside of a literal means that begins at an offset of the template. */
  static String decode(String text, int at) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    Escapes escapes = new Escapes(text, at);
    while (escapes.next < text.length()) {
      escapes.character();
    }
    return escapes.decoded.toString();
  }

  private void character() {
    char c = text.charAt(next++);
    if (c != '\\') {
      decoded.append(c);
      return;
    }
    char escape = text.charAt(next++);
    if (LETTERS.indexOf(escape) >= 0) {
      decoded.append(MEANT.charAt(LETTERS.indexOf(escape)));
    } else if (escape == 'x') {
      hex(2);
    } else if (escape == 'u') {
      hex(4);
    } else if (escape == 'U') {
      hex(8);
    } else if (escape >= '0' && escape <= '7') {
      octal();
    } else if (escape == 'N') {
      throw new Fault(at + next - 2, "Characters by name are not read; write \\u and four digits");
    } else if (escape != '\n') {
      decoded.append(c).append(escape);
    }
  }

  private void hex(int digits) {
    int code =
        Optional.of(next + digits)
            .filter(end -> end <= text.length())
            .map(end -> text.substring(next, end))
            .filter(code16 -> code16.chars().allMatch(c -> Character.digit(c, 16) >= 0))
            .map(code16 -> Integer.parseUnsignedInt(code16, 16))
            .filter(Character::isValidCodePoint)
            .orElseThrow(
                () ->
                    new Fault(
                        at + next - 2, "This escape needs " + digits + " digits of a character"));
    decoded.appendCodePoint(code);
    next += digits;
  }

  private void octal() {
    int code = 0;
    next--;
    for (int i = 0; i < OCTAL_DIGITS && next < text.length(); i++) {
      int digit = Character.digit(text.charAt(next), 8);
      if (digit < 0) {
        break;
      }
      code = code * 8 + digit;
      next++;
    }
    decoded.appendCodePoint(code);
  }
}
