/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

/** Texts made as wide as is asked for. */
final class Padding {
  private Padding() {}

  /** Where what is too short stands. */
  enum Side {
    LEFT,
    RIGHT,
    MIDDLE
  }

  /** A text with as much of a character beside it as it is too short. */
  static String pad(String text, long width, String fill, Side side, Meter meter) {
    long missing = width - text.codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    // Python's str.center puts the odd one to the left if the width is odd.
    long left =
        switch (side) {
          case LEFT -> 0;
          case RIGHT -> missing;
          case MIDDLE -> missing / 2 + (missing & width & 1);
        };
    return new TextBuilder(meter)
        .repeat(fill, left)
        .append(text)
        .repeat(fill, missing - left)
        .toString();
  }

  /** Zeros between a sign, or what stands for one, and the digits. */
  static String zeros(String number, int prefix, long width, Meter meter) {
    String digits = number.substring(prefix);
    return number.substring(0, prefix) + pad(digits, width - prefix, "0", Side.RIGHT, meter);
  }
}
