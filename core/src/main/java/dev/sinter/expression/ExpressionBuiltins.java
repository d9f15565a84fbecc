/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/** Python's builtin functions of numbers, texts and lists. */
final class ExpressionBuiltins {
  /** No double has a digit further behind the point, or before it, that a rounding could reach. */
  private static final long MOST_DIGITS = 1100;

  private ExpressionBuiltins() {}

  static Json abs(ExpressionArguments a) {
    if (PythonNumber.isWhole(a.number())) {
      BigInteger value = BigInteger.valueOf(PythonNumber.asLong(a.first(), a.at()));
      return PythonNumber.whole(value.abs(), a.name(), a.at());
    }
    return a.finite(Math.abs(a.asDouble(a.first())));
  }

  /** The first of those that are smallest, with sign -1, or largest, with 1. */
  static Json outermost(ExpressionArguments a, int sign) {
    List<Json> candidates = a.values();
    if (a.count() == 1) {
      if (!(a.first() instanceof Json.Arr array) || array.items().isEmpty()) {
        throw a.wrong("two values or more, or a list of some", a.first());
      }
      candidates = array.items();
    }
    Json found = candidates.get(0);
    for (Json candidate : candidates.subList(1, candidates.size())) {
      int order = PythonComparison.compare(a.name(), candidate, found, a.at());
      found = Integer.signum(order) == sign ? candidate : found;
    }
    return found;
  }

  /** Half to even, of the number's exact value; whole without digits given. */
  static Json round(ExpressionArguments a) {
    if (a.count() == 1) {
      return ExpressionMath.whole(a, Math::rint);
    }
    if (!PythonNumber.isWhole(a.second())) {
      throw a.wrong("a whole number of digits", a.second());
    }
    long wanted = PythonNumber.asLong(a.second(), a.at());
    int digits = (int) Math.max(-MOST_DIGITS, Math.min(MOST_DIGITS, wanted));
    BigDecimal exact = PythonNumber.exact(a.number(), a.at());
    BigDecimal rounded =
        digits >= exact.scale() ? exact : exact.setScale(digits, RoundingMode.HALF_EVEN);
    return PythonNumber.isWhole(a.first())
        ? PythonNumber.whole(rounded.toBigIntegerExact(), a.name(), a.at())
        : a.finite(Math.copySign(rounded.doubleValue(), a.asDouble(a.first())));
  }

  static Json toInt(ExpressionArguments a) {
    if (!(a.first() instanceof Json.Str text)) {
      return ExpressionMath.whole(a, ExpressionMath::truncate);
    }
    return spelled(text.value())
        .filter(PythonNumber::isWhole)
        .map(number -> Json.of(PythonNumber.asLong(number, a.at())))
        .orElseThrow(() -> a.wrong("a number or the text of a whole number", a.first()));
  }

  static Json toFloat(ExpressionArguments a) {
    if (!(a.first() instanceof Json.Str text)) {
      return a.finite(a.asDouble(a.first()));
    }
    return spelled(text.value())
        .map(number -> a.finite(((Json.Num) number).asDouble()))
        .orElseThrow(() -> a.wrong("a number or the text of one", a.first()));
  }

  /** The number that a text spells, with a sign or not. */
  private static Optional<Json> spelled(String text) {
    String stripped = text.strip();
    boolean minus = stripped.startsWith("-");
    boolean signed = minus || stripped.startsWith("+");
    String unsigned = signed ? stripped.substring(1) : stripped;
    // Zeros in front are no fault in a text, as they are in an expression.
    return PythonNumber.read(unsigned.replaceFirst("^0[0_]*(?=\\d)", ""))
        .map(number -> new Json.Num((minus ? "-" : "") + ((Json.Num) number).text()));
  }

  /** From left to right, as the operator adds. */
  static Json sum(ExpressionArguments a) {
    if (!(a.first() instanceof Json.Arr array)) {
      throw a.wrong("a list", a.first());
    }
    Json sum = Json.of(0);
    for (Json item : array.items()) {
      if (!PythonNumber.isNumber(item)) {
        throw a.wrong("a list of numbers", a.first());
      }
      sum = ExpressionOperators.apply("+", sum, item, a.at());
    }
    return sum;
  }

  static Json len(ExpressionArguments a) {
    if (a.first() instanceof Json.Arr array) {
      return Json.of(array.items().size());
    }
    if (a.first() instanceof Json.Obj object) {
      return Json.of(object.members().size());
    }
    if (a.first() instanceof Json.Str text) {
      return Json.of(text.value().codePointCount(0, text.value().length()));
    }
    throw a.wrong("a text or a list", a.first());
  }
}
