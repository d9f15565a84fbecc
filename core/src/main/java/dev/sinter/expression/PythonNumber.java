/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers as Python has them: whole ones, of 64 bits here, and doubles; True counts as 1. */
final class PythonNumber {
  private static final Pattern WHOLE = Pattern.compile("0[0_]*|[1-9][\\d_]*");
  private static final Pattern FLOAT =
      Pattern.compile("(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][-+]?\\d[\\d_]*)?");
  private static final Pattern STRAY_UNDERSCORE = Pattern.compile("_(?!\\d)|(?<!\\d)_");

  private PythonNumber() {}

  /** The number that is spelled so, without a sign; it may be too large. */
  static Optional<Json> read(String text) {
    if (STRAY_UNDERSCORE.matcher(text).find()) {
      return Optional.empty();
    }
    String digits = text.replace("_", "");
    if (WHOLE.matcher(text).matches()) {
      String significant = digits.replaceFirst("^0+(?=.)", "");
      return Optional.of(new Json.Num(significant));
    }
    boolean pointed = digits.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E');
    if (!pointed || !FLOAT.matcher(text).matches()) {
      return Optional.empty();
    }
    double value = Double.parseDouble(digits);
    return Optional.of(Double.isFinite(value) ? Json.of(value) : new Json.Num(digits));
  }

  static boolean isNumber(Json value) {
    return value instanceof Json.Num || value instanceof Json.Bool;
  }

  static boolean isWhole(Json value) {
    return value instanceof Json.Bool || (value instanceof Json.Num number && number.isInteger());
  }

  /** Fails where the number is beyond what its kind can hold. */
  static void check(Json number, int at) {
    if (isWhole(number)) {
      asLong(number, at);
    } else {
      asDouble(number, at);
    }
  }

  static long asLong(Json whole, int at) {
    if (whole instanceof Json.Bool bool) {
      return bool.value() ? 1 : 0;
    }
    try {
      return ((Json.Num) whole).asLong();
    } catch (NumberFormatException e) {
      throw new ExpressionException(
          PythonText.shown(whole) + " is beyond 64 bits; write it as a float, with a point", at);
    }
  }

  static double asDouble(Json number, int at) {
    if (isWhole(number)) {
      return asLong(number, at);
    }
    double value = ((Json.Num) number).asDouble();
    if (!Double.isFinite(value)) {
      throw new ExpressionException(PythonText.shown(number) + " is beyond what a float holds", at);
    }
    return value;
  }

  /** The exact value, to compare whole numbers with others. */
  static BigDecimal exact(Json number, int at) {
    return isWhole(number)
        ? BigDecimal.valueOf(asLong(number, at))
        : new BigDecimal(asDouble(number, at));
  }

  /** A result of a function or operator. */
  static Json whole(BigInteger value, String what, int at) {
    if (value.bitLength() >= Long.SIZE) {
      throw new ExpressionException(
          "The result of " + what + " is beyond 64 bits; write a float, as 2.0, to go on", at);
    }
    return new Json.Num(value.toString());
  }

  /** A result of a function or operator. */
  static Json finite(double value, String what, int at) {
    if (!Double.isFinite(value)) {
      throw new ExpressionException("The result of " + what + " is not finite", at);
    }
    return Json.of(value);
  }
}
