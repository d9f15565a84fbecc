/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.Locale;
import java.util.function.IntPredicate;

/** Upper and lower case, and what kinds of characters a text has. */
final class Letters {
  private Letters() {}

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** The first character as in a title, the others small. */
  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int second = text.offsetByCodePoints(0, 1);
    return titled(text.codePointAt(0)) + lower(text.substring(second));
  }

  /** The method title of texts: each run of letters begins with a capital. */
  static String title(String text) {
    StringBuilder titled = new StringBuilder();
    boolean inside = false;
    for (int c : text.codePoints().toArray()) {
      titled.append(inside ? lower(Character.toString(c)) : titled(c));
      inside = isCased(c);
    }
    return titled.toString();
  }

  private static String titled(int c) {
    String upper = upper(Character.toString(c));
    boolean several = upper.codePointCount(0, upper.length()) > 1;
    return several ? capitalizedExpansion(upper) : Character.toString(Character.toTitleCase(c));
  }

  /** A letter whose capital is several, as the German sharp s: the first of them large. */
  private static String capitalizedExpansion(String upper) {
    int second = upper.offsetByCodePoints(0, 1);
    return upper.substring(0, second) + lower(upper.substring(second));
  }

  static String swapped(String text) {
    StringBuilder swapped = new StringBuilder();
    text.codePoints()
        .mapToObj(c -> isUpper(c) ? lower(Character.toString(c)) : upper(Character.toString(c)))
        .forEach(swapped::append);
    return swapped.toString();
  }

  static boolean isUpper(int c) {
    return Character.isUpperCase(c);
  }

  static boolean isLower(int c) {
    return Character.isLowerCase(c);
  }

  private static boolean isCased(int c) {
    return isUpper(c) || isLower(c) || Character.isTitleCase(c);
  }

  /** At least one letter with a case, and none of another. */
  static boolean hasCase(String text, IntPredicate wanted) {
    return text.codePoints().anyMatch(wanted)
        && text.codePoints().allMatch(c -> wanted.test(c) || !isCased(c));
  }

  /** Words that begin with a capital, and have no other. */
  static boolean isTitle(String text) {
    return text.codePoints().anyMatch(Letters::isCased) && title(text).equals(text);
  }

  /** Not empty, and every character so. */
  static boolean all(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  static boolean isDecimal(int c) {
    return Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
  }

  /** Those in a raised or lowered place, too. */
  static boolean isDigit(int c) {
    return isDecimal(c)
        || c == 0xb2
        || c == 0xb3
        || c == 0xb9
        || c == 0x2070
        || (c >= 0x2074 && c <= 0x2079)
        || (c >= 0x2080 && c <= 0x2089);
  }

  static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return isDigit(c) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
  }

  static boolean isAlphanumeric(int c) {
    return Character.isLetter(c) || isNumeric(c);
  }
}
