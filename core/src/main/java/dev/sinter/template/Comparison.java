/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.json.JsonWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Equality, order and membership as Python has them. */
final class Comparison {
  private Comparison() {}

  /** What a comparison asks. */
  enum Operator {
    EQUAL("=="),
    UNEQUAL("!="),
    LESS("<"),
    AT_MOST("<="),
    MORE(">"),
    AT_LEAST(">="),
    IN("in"),
    NOT_IN("not in");

    private final String text;

    Operator(String text) {
      this.text = text;
    }

    static Optional<Operator> of(String text) {
      return List.of(values()).stream().filter(operator -> operator.text.equals(text)).findFirst();
    }

    boolean holds(Value left, Value right, Meter meter) {
      return switch (this) {
        case EQUAL -> equal(left, right, meter);
        case UNEQUAL -> !equal(left, right, meter);
        case IN -> contains(right, left, meter);
        case NOT_IN -> !contains(right, left, meter);
        default -> ordered(left, right, meter);
      };
    }

    private boolean ordered(Value left, Value right, Meter meter) {
      if (isNan(left) || isNan(right)) {
        return false;
      }
      int order = compare(text, left, right, meter);
      return switch (this) {
        case LESS -> order < 0;
        case AT_MOST -> order <= 0;
        case MORE -> order > 0;
        default -> order >= 0;
      };
    }
  }

  private static boolean isNan(Value value) {
    return value instanceof Value.Real real && Double.isNaN(real.value());
  }

  static boolean equal(Value left, Value right, Meter meter) {
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return !isNan(left) && !isNan(right) && numbers(left, right, meter) == 0;
    }
    Optional<String> text = Values.text(left);
    Optional<String> other = Values.text(right);
    if (text.isPresent() && other.isPresent()) {
      meter.read(Math.min(text.get().length(), other.get().length()));
      return text.get().equals(other.get());
    }
    if (left instanceof Dict one && right instanceof Dict another) {
      return dicts(one, another, meter);
    }
    boolean sameType = left.getClass() == right.getClass();
    Optional<List<Value>> items = sameType ? Values.list(left) : Optional.empty();
    if (items.isPresent()) {
      return lists(items.get(), Values.list(right).orElseThrow(), meter);
    }
    return sameType && (left instanceof Undefined || left.equals(right));
  }

  private static boolean lists(List<Value> left, List<Value> right, Meter meter) {
    if (left.size() != right.size()) {
      return false;
    }
    meter.enter();
    for (int i = 0; i < left.size(); i++) {
      meter.step();
      if (!equal(left.get(i), right.get(i), meter)) {
        meter.leave();
        return false;
      }
    }
    meter.leave();
    return true;
  }

  private static boolean dicts(Dict left, Dict right, Meter meter) {
    if (left.size() != right.size()) {
      return false;
    }
    meter.enter();
    boolean equal = true;
    for (Dict.Entry entry : left.entries()) {
      meter.step();
      Optional<Value> other = right.find(entry.key(), meter);
      if (other.isEmpty() || !equal(entry.value(), other.get(), meter)) {
        equal = false;
        break;
      }
    }
    meter.leave();
    return equal;
  }

  /** The order of two numbers, texts or lists; who asks names himself for the message. */
  static int compare(String what, Value left, Value right, Meter meter) {
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return numbers(left, right, meter);
    }
    Optional<String> text = Values.text(left);
    Optional<String> other = Values.text(right);
    if (text.isPresent() && other.isPresent()) {
      meter.read((long) text.get().length() + other.get().length());
      return JsonWriter.CODE_POINT_ORDER.compare(text.get(), other.get());
    }
    boolean lists = left instanceof Value.Items && right instanceof Value.Items;
    if (lists || (left instanceof Value.Tuple && right instanceof Value.Tuple)) {
      return lists(what, Values.list(left).orElseThrow(), Values.list(right).orElseThrow(), meter);
    }
    for (Value value : List.of(left, right)) {
      if (value instanceof Undefined missing) {
        throw missing.fault();
      }
    }
    throw new Fault(what + " cannot order a " + Values.type(left) + " and a " + Values.type(right));
  }

  private static int lists(String what, List<Value> left, List<Value> right, Meter meter) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      meter.step();
      meter.enter();
      int order =
          equal(left.get(i), right.get(i), meter)
              ? 0
              : compare(what, left.get(i), right.get(i), meter);
      meter.leave();
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  /** Exactly: a whole number may lie between two doubles. */
  private static int numbers(Value left, Value right, Meter meter) {
    Optional<BigInteger> a = Numbers.whole(left);
    Optional<BigInteger> b = Numbers.whole(right);
    if (a.isPresent() && b.isPresent()) {
      return a.get().compareTo(b.get());
    }
    double x = a.isPresent() ? 0 : Numbers.asDouble(left);
    double y = b.isPresent() ? 0 : Numbers.asDouble(right);
    boolean floats = a.isEmpty() && b.isEmpty();
    if (floats || !Double.isFinite(x) || !Double.isFinite(y)) {
      return x == y ? 0 : Double.compare(x, y);
    }
    Numbers.charge(x, meter);
    Numbers.charge(y, meter);
    BigDecimal first = a.map(BigDecimal::new).orElseGet(() -> new BigDecimal(x));
    return first.compareTo(b.map(BigDecimal::new).orElseGet(() -> new BigDecimal(y)));
  }

  static boolean contains(Value container, Value wanted, Meter meter) {
    Optional<String> text = Values.text(container);
    if (text.isPresent()) {
      String part =
          Values.text(wanted)
              .orElseThrow(
                  () ->
                      wanted instanceof Undefined missing
                          ? missing.fault()
                          : new Fault("A text contains texts; asked for a " + Values.type(wanted)));
      meter.search(text.get(), part);
      return text.get().contains(part);
    }
    if (container instanceof Dict dict) {
      return dict.find(wanted, meter).isPresent();
    }
    Iterator<Value> items = Values.iterator(container, meter);
    while (items.hasNext()) {
      Value item = items.next();
      if (item == wanted || equal(item, wanted, meter)) {
        return true;
      }
    }
    return false;
  }
}
