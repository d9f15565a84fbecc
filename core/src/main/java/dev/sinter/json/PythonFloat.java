/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import java.math.BigDecimal;

/**
 * Spells a double as Python does: the shortest digits that read back to it, exponents from 1e16 and
 * below 1e-4.
 */
public final class PythonFloat {
  private PythonFloat() {}

  public static String repr(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("JSON has no number for " + value);
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(value);
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = shortest.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String sign = exponent < 0 ? "-" : "+";
    String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
    return (value < 0 ? "-" : "") + mantissa + "e" + sign + power;
  }

  /**
   * Double.toString may spell a digit too many before JDK 19: the shortest spelling is searched.
   */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new java.math.MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new java.math.MathContext(17)).stripTrailingZeros();
  }
}
