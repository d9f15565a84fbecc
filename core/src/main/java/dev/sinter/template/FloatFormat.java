/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Floats with a number of digits, as C's printf rounds: half to even, of the exact value. */
final class FloatFormat {
  /** No double has a digit further behind the point. */
  private static final int LAST_DIGIT = 1100;

  private FloatFormat() {}

  /** By a type of e, f, g or %, in either case; the sign of a positive number is not written. */
  static String format(double value, char type, int precision, Meter meter) {
    meter.room(precision);
    Numbers.charge(value, meter);
    if (!Double.isFinite(value)) {
      String text = Numbers.text(value, meter);
      return Character.isUpperCase(type) ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }
    int digits = Math.min(precision, LAST_DIGIT);
    String zeros = "0".repeat(precision - digits);
    meter.make(precision);
    String text =
        switch (Character.toLowerCase(type)) {
          case 'f' -> fixed(value, digits) + zeros;
          case 'e' -> scientific(value, digits, zeros);
          case '%' -> fixed(value * 100, digits) + zeros + "%";
          default -> general(value, Math.max(1, digits));
        };
    return Character.isUpperCase(type) ? text.toUpperCase(java.util.Locale.ROOT) : text;
  }

  static String fixed(double value, int digits) {
    String text =
        new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).abs().toPlainString();
    return (isNegative(value) ? "-" : "") + text;
  }

  private static boolean isNegative(double value) {
    return value < 0 || (value == 0 && 1 / value < 0);
  }

  private static String scientific(double value, int digits, String zeros) {
    BigDecimal rounded = rounded(value, digits + 1);
    int exponent = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    String all = padded(rounded, digits + 1);
    String mantissa = digits == 0 ? all : all.charAt(0) + "." + all.substring(1) + zeros;
    return (isNegative(value) ? "-" : "") + mantissa + exponent(exponent);
  }

  private static String general(double value, int digits) {
    BigDecimal rounded = rounded(value, digits);
    int exponent = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    String sign = isNegative(value) ? "-" : "";
    if (exponent >= -4 && exponent < digits) {
      return sign + trimmed(rounded.abs().setScale(Math.max(0, digits - 1 - exponent)));
    }
    String all = padded(rounded, digits);
    String mantissa = digits == 1 ? all : all.charAt(0) + "." + all.substring(1);
    return sign + trimmed(new BigDecimal(mantissa)) + exponent(exponent);
  }

  private static BigDecimal rounded(double value, int digits) {
    return new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static String padded(BigDecimal value, int digits) {
    String text = value.unscaledValue().abs().toString();
    return text.length() >= digits
        ? text.substring(0, digits)
        : text + "0".repeat(digits - text.length());
  }

  private static String trimmed(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  private static String exponent(int exponent) {
    String digits = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
    return (exponent < 0 ? "e-" : "e+") + digits;
  }
}
