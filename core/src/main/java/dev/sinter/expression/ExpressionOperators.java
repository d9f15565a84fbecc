/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** The operators, with Python's results; they fail where Python's whole numbers would grow. */
final class ExpressionOperators {
  /** Whole numbers up to here are doubles too. */
  private static final long EXACT = 1L << 53;

  /**
   * StrictMath.pow misses 10 ** -5 by a digit: whole powers are multiplied out, and rounded once.
   */
  private static final MathContext POWER_DIGITS = new MathContext(40);

  private static final int MOST_REPEATS = 1_000_000;

  private ExpressionOperators() {}

  static Json sign(String operator, Json operand, int at) {
    if (!PythonNumber.isNumber(operand)) {
      throw new ExpressionException(
          operator + " needs a number, not " + PythonText.shown(operand), at);
    }
    boolean minus = operator.equals("-");
    if (PythonNumber.isWhole(operand)) {
      BigInteger value = BigInteger.valueOf(PythonNumber.asLong(operand, at));
      return PythonNumber.whole(minus ? value.negate() : value, operator, at);
    }
    double value = PythonNumber.asDouble(operand, at);
    return Json.of(minus ? -value : value);
  }

  static Json apply(String operator, Json left, Json right, int at) {
    return switch (operator) {
      case "==" -> new Json.Bool(PythonComparison.equal(left, right, at));
      case "!=" -> new Json.Bool(!PythonComparison.equal(left, right, at));
      case "<" -> new Json.Bool(PythonComparison.compare(operator, left, right, at) < 0);
      case "<=" -> new Json.Bool(PythonComparison.compare(operator, left, right, at) <= 0);
      case ">" -> new Json.Bool(PythonComparison.compare(operator, left, right, at) > 0);
      case ">=" -> new Json.Bool(PythonComparison.compare(operator, left, right, at) >= 0);
      default -> arithmetic(operator, left, right, at);
    };
  }

  private static Json arithmetic(String operator, Json left, Json right, int at) {
    if (operator.equals("+") && left instanceof Json.Str one && right instanceof Json.Str other) {
      PythonText.checkLength(one.value().length() + other.value().length(), at);
      return new Json.Str(one.value() + other.value());
    }
    if (!PythonNumber.isNumber(left) || !PythonNumber.isNumber(right)) {
      String needed = operator.equals("+") ? "two numbers or two texts" : "two numbers";
      throw wrongTypes(operator, needed, left, right, at);
    }
    if (!PythonNumber.isWhole(left) || !PythonNumber.isWhole(right)) {
      double one = PythonNumber.asDouble(left, at);
      return floats(operator, one, PythonNumber.asDouble(right, at), at);
    }
    return wholes(operator, PythonNumber.asLong(left, at), PythonNumber.asLong(right, at), at);
  }

  private static Json wholes(String operator, long left, long right, int at) {
    BigInteger one = BigInteger.valueOf(left);
    BigInteger other = BigInteger.valueOf(right);
    return switch (operator) {
      case "+" -> PythonNumber.whole(one.add(other), operator, at);
      case "-" -> PythonNumber.whole(one.subtract(other), operator, at);
      case "*" -> PythonNumber.whole(one.multiply(other), operator, at);
      case "/" -> PythonNumber.finite(quotient(left, nonZero(operator, right, at)), operator, at);
      case "//" -> {
        BigInteger remainder = BigInteger.valueOf(Math.floorMod(left, nonZero("//", right, at)));
        yield PythonNumber.whole(one.subtract(remainder).divide(other), operator, at);
      }
      case "%" -> Json.of(Math.floorMod(left, nonZero(operator, right, at)));
      default ->
          right < 0 ? power((double) left, (double) right, at) : wholePower(left, right, one, at);
    };
  }

  /** Rounded once, also where the numbers have more bits than a double. */
  private static double quotient(long left, long right) {
    return Math.max(Math.abs(left), Math.abs(right)) <= EXACT && left != Long.MIN_VALUE
        ? (double) left / right
        : BigDecimal.valueOf(left)
            .divide(BigDecimal.valueOf(right), MathContext.DECIMAL128)
            .doubleValue();
  }

  private static Json wholePower(long left, long right, BigInteger base, int at) {
    boolean small = left >= -1 && left <= 1;
    if (!small && right >= Long.SIZE) {
      throw new ExpressionException(
          "The result of ** is beyond 64 bits; write a float, as 2.0, to go on", at);
    }
    // The powers of 0, 1 and -1 repeat.
    int exponent = Math.toIntExact(small ? Math.min(right, 2 + (right & 1)) : right);
    return PythonNumber.whole(base.pow(exponent), "**", at);
  }

  private static Json floats(String operator, double left, double right, int at) {
    return switch (operator) {
      case "+" -> PythonNumber.finite(left + right, operator, at);
      case "-" -> PythonNumber.finite(left - right, operator, at);
      case "*" -> PythonNumber.finite(left * right, operator, at);
      case "/" -> PythonNumber.finite(left / nonZero(operator, right, at), operator, at);
      case "//" ->
          PythonNumber.finite(floorQuotient(left, nonZero(operator, right, at)), operator, at);
      case "%" -> PythonNumber.finite(modulo(left, nonZero(operator, right, at)), operator, at);
      default -> power(left, right, at);
    };
  }

  /** With the sign of the right, also where it is zero: CPython's float_divmod. */
  private static double modulo(double left, double right) {
    double remainder = left % right;
    if (remainder == 0) {
      return Math.copySign(0.0, right);
    }
    return (right < 0) == (remainder < 0) ? remainder : remainder + right;
  }

  /** CPython's float_divmod: the quotient is nearly whole before it is made so. */
  private static double floorQuotient(double left, double right) {
    double remainder = left % right;
    double quotient = (left - remainder) / right;
    if (remainder != 0 && (right < 0) != (remainder < 0)) {
      quotient -= 1.0;
    }
    if (quotient == 0) {
      return Math.copySign(0.0, left / right);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1.0 : floor;
  }

  static Json power(double left, double right, int at) {
    if (left == 0 && right < 0) {
      throw new ExpressionException("Division by zero: 0 to a negative power", at);
    }
    if (left < 0 && right != Math.rint(right)) {
      throw new ExpressionException(
          "A negative number to a power that is not whole is not a real number", at);
    }
    boolean repeated = left != 0 && right == Math.rint(right) && Math.abs(right) <= MOST_REPEATS;
    // StrictMath: a recipe means the same on every machine.
    double power =
        repeated
            ? new BigDecimal(left).pow((int) right, POWER_DIGITS).doubleValue()
            : StrictMath.pow(left, right);
    return PythonNumber.finite(power, "**", at);
  }

  private static long nonZero(String operator, long divisor, int at) {
    if (divisor == 0) {
      throw new ExpressionException("Division by zero: the right of " + operator + " is 0", at);
    }
    return divisor;
  }

  private static double nonZero(String operator, double divisor, int at) {
    if (divisor == 0) {
      throw new ExpressionException("Division by zero: the right of " + operator + " is 0", at);
    }
    return divisor;
  }

  static ExpressionException wrongTypes(String what, String needed, Json left, Json right, int at) {
    return new ExpressionException(
        what
            + " needs "
            + needed
            + ", not "
            + PythonText.shown(left)
            + " and "
            + PythonText.shown(right),
        at);
  }
}
