/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Filters of numbers, and of any value. */
final class ValueFilters {
  private static final int MOST_DIGITS = 400;

  static final Map<String, Builtin> ALL =
      Builtin.table(
          of("abs(x)", ValueFilters::abs),
          of("int(value, default=, base=)", ValueFilters::whole),
          of("float(value, default=)", ValueFilters::real),
          of("round(value, precision=, method=)", ValueFilters::round),
          of("default(value, default_value=, boolean=)", ValueFilters::usual),
          of("d(value, default_value=, boolean=)", ValueFilters::usual),
          of("attr(obj, name)", ValueFilters::attribute),
          of("length(obj)", ValueFilters::length),
          of("count(obj)", ValueFilters::length));

  private ValueFilters() {}

  private static Value abs(Call call) {
    Value value = call.value(0);
    if (value instanceof Value.Real real) {
      return new Value.Real(Math.abs(real.value()));
    }
    return new Value.Int(
        Numbers.whole(value).orElseThrow(() -> call.wrong("a number", value)).abs());
  }

  private static Value whole(Call call) {
    Value value = call.value(0);
    Value usual = call.value(1, Value.of(0));
    Optional<String> text = Values.text(value);
    if (text.isPresent()) {
      call.meter().steps(text.get().length());
      Optional<BigInteger> parsed = Numbers.parse(text.get(), call.whole(2, 10));
      return parsed
          .map(Numbers::of)
          .or(() -> Numbers.parseFloat(text.get()).filter(Double::isFinite).map(Numbers::truncated))
          .orElse(usual);
    }
    if (value instanceof Undefined missing) {
      throw missing.fault();
    }
    if (value instanceof Value.Real real) {
      return Double.isNaN(real.value()) ? usual : Numbers.truncated(real.value());
    }
    return Numbers.whole(value).map(Numbers::of).orElse(usual);
  }

  private static Value real(Call call) {
    Value value = call.value(0);
    Value usual = call.value(1, new Value.Real(0));
    Optional<String> text = Values.text(value);
    if (text.isPresent()) {
      call.meter().steps(text.get().length());
      return Numbers.parseFloat(text.get()).map(d -> (Value) new Value.Real(d)).orElse(usual);
    }
    if (value instanceof Undefined missing) {
      throw missing.fault();
    }
    return Numbers.isNumber(value) ? new Value.Real(Numbers.asDouble(value)) : usual;
  }

  private static Value round(Call call) {
    Value value = call.value(0);
    String method = call.text(2, "common");
    int digits = call.whole(1, 0);
    if (!List.of("common", "ceil", "floor").contains(method)) {
      throw new Fault("round knows common, ceil and floor, found " + method);
    }
    if (!Numbers.isNumber(value)) {
      throw call.wrong("a number", value);
    }
    if (!method.equals("common")) {
      return towards(value, digits, method, call.meter());
    }
    if (value instanceof Value.Real real) {
      Numbers.charge(real.value(), call.meter());
      return new Value.Real(rounded(real.value(), digits));
    }
    BigInteger whole = Numbers.whole(value).orElseThrow();
    if (digits >= 0) {
      return new Value.Int(whole);
    }
    int scale = Math.max(digits, -5000);
    return Numbers.of(
        new BigDecimal(whole).setScale(scale, RoundingMode.HALF_EVEN).toBigIntegerExact());
  }

  /** Half to even, of the exact value. */
  private static double rounded(double value, int digits) {
    if (!Double.isFinite(value) || digits > MOST_DIGITS) {
      return value;
    }
    BigDecimal exact = new BigDecimal(value);
    int scale = Math.max(digits, -MOST_DIGITS);
    double rounded = exact.setScale(scale, RoundingMode.HALF_EVEN).doubleValue();
    return Math.copySign(rounded, value);
  }

  /** As Jinja computes it: a multiple of a power of ten, up or down, and divided again. */
  private static Value towards(Value value, int digits, String method, Meter meter) {
    Value power = Arithmetic.power(Value.of(10), Value.of(digits), meter);
    Value scaled = Arithmetic.multiply(value, power, meter);
    if (scaled instanceof Value.Real real) {
      double moved = method.equals("ceil") ? Math.ceil(real.value()) : Math.floor(real.value());
      scaled = Numbers.truncated(moved);
    }
    return Arithmetic.divide(scaled, power, meter);
  }

  private static Value usual(Call call) {
    boolean missing = call.value(0) instanceof Undefined;
    boolean replaced = missing || (call.isTrue(2) && !Values.isTrue(call.value(0)));
    return replaced ? call.value(1, Value.of("")) : call.value(0);
  }

  private static Value attribute(Call call) {
    return Members.attributeOf(call.value(0), call.text(1), call.meter())
        .orElseGet(() -> Undefined.member(call.value(0), call.text(1)));
  }

  private static Value length(Call call) {
    Value value = call.value(0);
    return Values.length(value, call.meter())
        .map(Value::of)
        .orElseThrow(() -> call.wrong("something with a length; | list may help", value));
  }
}
