/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The operators + - * / // % ** of Python. */
final class Arithmetic {
  /** Enough that rounding twice makes no difference to a double. */
  private static final MathContext QUOTIENT = new MathContext(60);

  /** Whole numbers of no more bits are doubles, too. */
  private static final int EXACT_BITS = 53;

  private Arithmetic() {}

  static Value add(Value left, Value right, Meter meter) {
    Optional<String> first = Values.text(left);
    Optional<String> second = Values.text(right);
    if (first.isPresent() && second.isPresent()) {
      return join(left, right, first.get(), second.get(), meter);
    }
    if (left instanceof Value.Items one && right instanceof Value.Items other) {
      return new Value.Items(join(one.items(), other.items(), meter));
    }
    if (left instanceof Value.Tuple one && right instanceof Value.Tuple other) {
      return new Value.Tuple(join(one.items(), other.items(), meter));
    }
    Numeric numbers = numbers("+", left, right);
    return numbers.whole()
        ? Numbers.of(numbers.a().add(numbers.b()))
        : new Value.Real(numbers.x() + numbers.y());
  }

  private static Value join(Value left, Value right, String first, String second, Meter meter) {
    if (left instanceof Value.Text && right instanceof Value.Text) {
      meter.make((long) first.length() + second.length());
      return Value.of(first + second);
    }
    String safe = Escaping.escaped(left, meter) + Escaping.escaped(right, meter);
    meter.make(safe.length());
    return new Value.Safe(safe);
  }

  private static List<Value> join(List<Value> first, List<Value> second, Meter meter) {
    meter.steps((long) first.size() + second.size());
    List<Value> joined = new ArrayList<>(first.size() + second.size());
    joined.addAll(first);
    joined.addAll(second);
    return joined;
  }

  static Value subtract(Value left, Value right, Meter meter) {
    Numeric numbers = numbers("-", left, right);
    return numbers.whole()
        ? Numbers.of(numbers.a().subtract(numbers.b()))
        : new Value.Real(numbers.x() - numbers.y());
  }

  static Value multiply(Value left, Value right, Meter meter) {
    if (!Numbers.isNumber(left) && Numbers.whole(right).isPresent()) {
      return repeat(left, right, meter);
    }
    if (!Numbers.isNumber(right) && Numbers.whole(left).isPresent()) {
      return repeat(right, left, meter);
    }
    Numeric numbers = numbers("*", left, right);
    return numbers.whole()
        ? Numbers.of(numbers.a().multiply(numbers.b()))
        : new Value.Real(numbers.x() * numbers.y());
  }

  private static Value repeat(Value value, Value count, Meter meter) {
    BigInteger most = BigInteger.valueOf(Integer.MAX_VALUE);
    long times = Numbers.whole(count).orElseThrow().max(BigInteger.ZERO).min(most).longValue();
    if (value instanceof Value.Text text) {
      return Value.of(new TextBuilder(meter).repeat(text.value(), times).toString());
    }
    if (value instanceof Value.Items list) {
      return new Value.Items(repeat(list.items(), times, meter));
    }
    if (value instanceof Value.Tuple tuple) {
      return new Value.Tuple(repeat(tuple.items(), times, meter));
    }
    throw wrong("*", value, count);
  }

  private static List<Value> repeat(List<Value> items, long times, Meter meter) {
    meter.steps(items.size() * times);
    List<Value> repeated = new ArrayList<>();
    for (long i = 0; i < times && !items.isEmpty(); i++) {
      repeated.addAll(items);
    }
    return repeated;
  }

  static Value divide(Value left, Value right, Meter meter) {
    Numeric numbers = numbers("/", left, right).nonZero("/");
    if (!numbers.whole()) {
      return new Value.Real(numbers.x() / numbers.y());
    }
    if (Math.max(numbers.a().bitLength(), numbers.b().bitLength()) <= EXACT_BITS) {
      return new Value.Real(numbers.x() / numbers.y());
    }
    double quotient =
        new BigDecimal(numbers.a()).divide(new BigDecimal(numbers.b()), QUOTIENT).doubleValue();
    if (Double.isInfinite(quotient)) {
      throw new Fault("The result of / is too large for a float");
    }
    return new Value.Real(quotient);
  }

  static Value floorDivide(Value left, Value right, Meter meter) {
    Numeric numbers = numbers("//", left, right).nonZero("//");
    if (numbers.whole()) {
      BigInteger[] parts = numbers.a().divideAndRemainder(numbers.b());
      boolean below = parts[1].signum() != 0 && parts[1].signum() != numbers.b().signum();
      return Numbers.of(below ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }
    double remainder = remainder(numbers.x(), numbers.y());
    double quotient = (numbers.x() - remainder) / numbers.y();
    double floor = Math.rint(quotient);
    return new Value.Real(quotient == 0 ? Math.copySign(0, numbers.x() / numbers.y()) : floor);
  }

  static Value modulo(Value left, Value right, Meter meter) {
    if (left instanceof Value.Text format) {
      return Value.of(Printf.format(format.value(), right, meter));
    }
    Numeric numbers = numbers("%", left, right).nonZero("%");
    if (!numbers.whole()) {
      return new Value.Real(remainder(numbers.x(), numbers.y()));
    }
    BigInteger remainder = numbers.a().mod(numbers.b().abs());
    boolean above = remainder.signum() > 0 && numbers.b().signum() < 0;
    return Numbers.of(above ? remainder.add(numbers.b()) : remainder);
  }

  /** With the sign of the divisor. */
  private static double remainder(double x, double y) {
    double remainder = x % y;
    if (remainder == 0) {
      return Math.copySign(0, y);
    }
    return remainder < 0 != y < 0 ? remainder + y : remainder;
  }

  static Value power(Value left, Value right, Meter meter) {
    Numeric numbers = numbers("**", left, right);
    if (numbers.whole() && numbers.b().signum() >= 0) {
      return Numbers.power(numbers.a(), numbers.b());
    }
    double base = numbers.x();
    double exponent = numbers.y();
    if (base == 0 && exponent < 0) {
      throw new Fault("Zero has no negative power");
    }
    if (base < 0 && exponent != Math.rint(exponent)) {
      throw new Fault("A negative number has no real power of a fraction");
    }
    double power = StrictMath.pow(base, exponent);
    if (Double.isInfinite(power) && Double.isFinite(base) && Double.isFinite(exponent)) {
      throw new Fault("The result of ** is too large for a float");
    }
    return new Value.Real(power);
  }

  static Value negate(Value value) {
    return value instanceof Value.Real real
        ? new Value.Real(-real.value())
        : new Value.Int(whole("-", value).negate());
  }

  static Value plus(Value value) {
    return value instanceof Value.Real ? value : new Value.Int(whole("+", value));
  }

  private static BigInteger whole(String operator, Value value) {
    if (value instanceof Undefined missing) {
      throw missing.fault();
    }
    return Numbers.whole(value)
        .orElseThrow(() -> new Fault(operator + " needs a number, found a " + Values.type(value)));
  }

  /** Two numbers, exact if both are whole. */
  private record Numeric(boolean whole, BigInteger a, BigInteger b, Value left, Value right) {
    double x() {
      return Numbers.asDouble(left);
    }

    double y() {
      return Numbers.asDouble(right);
    }

    Numeric nonZero(String operator) {
      if (whole ? b.signum() == 0 : y() == 0) {
        throw new Fault("The right side of " + operator + " is zero");
      }
      return this;
    }
  }

  private static Numeric numbers(String operator, Value left, Value right) {
    if (!Numbers.isNumber(left) || !Numbers.isNumber(right)) {
      throw wrong(operator, left, right);
    }
    Optional<BigInteger> a = Numbers.whole(left);
    Optional<BigInteger> b = Numbers.whole(right);
    return new Numeric(
        a.isPresent() && b.isPresent(),
        a.orElse(BigInteger.ZERO),
        b.orElse(BigInteger.ZERO),
        left,
        right);
  }

  private static Fault wrong(String operator, Value left, Value right) {
    for (Value value : List.of(left, right)) {
      if (value instanceof Undefined missing) {
        return missing.fault();
      }
    }
    return new Fault(
        operator + " cannot take a " + Values.type(left) + " and a " + Values.type(right));
  }
}
