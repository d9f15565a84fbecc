/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.json.PythonFloat;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/** Numbers as Python has them: whole ones of any size, up to a bound, and doubles. */
final class Numbers {
  /** As many as a double may have; Python allows more, which takes long. */
  private static final int MOST_DIGITS = 308;

  private static final int MOST_BITS = 1024;

  private Numbers() {}

  /** A whole number; true and false are 1 and 0. */
  static Optional<BigInteger> whole(Value value) {
    if (value instanceof Value.Int number) {
      return Optional.of(number.value());
    }
    if (value instanceof Value.Bool bool) {
      return Optional.of(bool.value() ? BigInteger.ONE : BigInteger.ZERO);
    }
    return Optional.empty();
  }

  static boolean isNumber(Value value) {
    return value instanceof Value.Real || whole(value).isPresent();
  }

  /** A number as a double. */
  static double asDouble(Value number) {
    if (number instanceof Value.Real real) {
      return real.value();
    }
    double value =
        whole(number)
            .orElseThrow(() -> new Fault("A number is due, found a " + Values.type(number)))
            .doubleValue();
    if (Double.isInfinite(value)) {
      throw new Fault("A whole number is too large for a float");
    }
    return value;
  }

  static Value of(BigInteger value) {
    if (value.bitLength() > MOST_BITS) {
      throw new Fault("A whole number would have more than " + MOST_DIGITS + " digits, the limit");
    }
    return new Value.Int(value);
  }

  /** A power, unless it would be too large. */
  static Value power(BigInteger base, BigInteger exponent) {
    boolean small = base.abs().compareTo(BigInteger.ONE) <= 0;
    if (!small && exponent.bitLength() > Integer.SIZE - 2) {
      throw new Fault("A whole number would have more than " + MOST_DIGITS + " digits, the limit");
    }
    if (small) {
      boolean odd = exponent.testBit(0);
      return of(exponent.signum() == 0 ? BigInteger.ONE : odd ? base : base.abs());
    }
    if ((base.bitLength() - 1L) * exponent.intValueExact() > MOST_BITS) {
      throw new Fault("A whole number would have more than " + MOST_DIGITS + " digits, the limit");
    }
    return of(base.pow(exponent.intValueExact()));
  }

  /** The whole part of a double. */
  static Value truncated(double value) {
    if (!Double.isFinite(value)) {
      throw new Fault("There is no whole number for " + value);
    }
    return of(new BigDecimal(value).toBigInteger());
  }

  /** Very large and very small doubles have many digits, which cost time. */
  static void charge(double value, Meter meter) {
    meter.steps(1 + Math.abs(Math.getExponent(value)) / 2);
  }

  static String text(double value, Meter meter) {
    charge(value, meter);
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return PythonFloat.repr(value);
  }

  /** The whole number that a text spells as int(text, base) reads it. */
  static Optional<BigInteger> parse(String text, int base) {
    String digits = text.strip();
    boolean minus = digits.startsWith("-");
    digits = minus || digits.startsWith("+") ? digits.substring(1) : digits;
    int radix = base;
    for (String prefix : new String[] {"0b2", "0o8", "0x16"}) {
      int own = Integer.parseInt(prefix.substring(2));
      if ((base == 0 || base == own)
          && digits.regionMatches(true, 0, prefix.substring(0, 2), 0, 2)) {
        digits = digits.substring(2).replaceFirst("^_", "");
        radix = own;
      }
    }
    int used = radix == 0 ? 10 : radix;
    boolean valid =
        digits.length() <= MOST_DIGITS
            && digits.matches("[0-9a-zA-Z]+(_[0-9a-zA-Z]+)*+")
            && digits.chars().allMatch(c -> c == '_' || Character.digit(c, used) >= 0);
    return valid
        ? Optional.of(new BigInteger((minus ? "-" : "") + digits.replace("_", ""), used))
        : Optional.empty();
  }

  /** The number that a text spells as float(text) reads it. */
  static Optional<Double> parseFloat(String text) {
    String spelled = text.strip().toLowerCase(java.util.Locale.ROOT);
    if (spelled.matches("[+-]?(inf|infinity)")) {
      return Optional.of(
          spelled.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    if (spelled.matches("[+-]?nan")) {
      return Optional.of(Double.NaN);
    }
    String digits = "[0-9]++(_[0-9]++)*+";
    String pattern =
        "[+-]?(" + digits + "\\.?(" + digits + ")?|\\." + digits + ")(e[+-]?" + digits + ")?";
    return spelled.matches(pattern)
        ? Optional.of(Double.parseDouble(spelled.replace("_", "")))
        : Optional.empty();
  }
}
