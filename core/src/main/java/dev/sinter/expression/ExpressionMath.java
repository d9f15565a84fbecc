/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.math.BigDecimal;
import java.util.function.DoubleUnaryOperator;

/** The functions of Python's math that are more than a formula. */
final class ExpressionMath {
  private static final int MANTISSA_BITS = 53;

  private ExpressionMath() {}

  static Json sqrt(ExpressionArguments a) {
    double value = a.asDouble(a.first());
    if (value < 0) {
      throw a.wrong("a number of 0 or more", a.first());
    }
    return a.finite(Math.sqrt(value));
  }

  static Json log(ExpressionArguments a) {
    double value = StrictMath.log(a.above(a.first(), 0));
    if (a.count() == 1) {
      return a.finite(value);
    }
    double base = StrictMath.log(a.above(a.second(), 0));
    if (base == 0) {
      throw new ExpressionException("Division by zero: a logarithm to the base 1", a.at());
    }
    return a.finite(value / base);
  }

  /** From the mantissa's logarithm, so that powers of two are exact: CPython's m_log2. */
  static Json log2(ExpressionArguments a) {
    double value = a.above(a.first(), 0);
    // Numbers too small to have a full mantissa are scaled first.
    int scale = value < Double.MIN_NORMAL ? MANTISSA_BITS : 0;
    double scaled = Math.scalb(value, scale);
    int exponent = Math.getExponent(scaled);
    double mantissa = Math.scalb(scaled, -exponent);
    double log =
        value >= 1
            ? StrictMath.log(mantissa) / StrictMath.log(2.0) + exponent
            : StrictMath.log(mantissa / 2) / StrictMath.log(2.0) + (exponent + 1 - scale);
    return a.finite(log);
  }

  static Json pow(ExpressionArguments a) {
    return ExpressionOperators.power(a.asDouble(a.first()), a.asDouble(a.second()), a.at());
  }

  /** A whole number, by a rounding that leaves whole numbers as they are. */
  static Json whole(ExpressionArguments a, DoubleUnaryOperator rounding) {
    if (PythonNumber.isWhole(a.number())) {
      return Json.of(PythonNumber.asLong(a.first(), a.at()));
    }
    double rounded = rounding.applyAsDouble(a.asDouble(a.first()));
    return PythonNumber.whole(new BigDecimal(rounded).toBigInteger(), a.name(), a.at());
  }

  static double truncate(double value) {
    return value < 0 ? Math.ceil(value) : Math.floor(value);
  }
}
