/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Value.Arguments;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * What something built in is called with: the values of its parameters by their place.
 *
 * @param further what was given beyond the parameters
 */
record Call(String name, List<Optional<Value>> values, Arguments further, Meter meter) {

  Value value(int place) {
    return values.get(place).orElseThrow();
  }

  /** A value if it was given, and is not none. */
  Optional<Value> given(int place) {
    return values.get(place).filter(value -> !(value instanceof Value.None));
  }

  Value value(int place, Value usual) {
    return values.get(place).orElse(usual);
  }

  /** A value that must be a text. */
  String text(int place) {
    return text(value(place));
  }

  String text(int place, String usual) {
    return values.get(place).map(this::text).orElse(usual);
  }

  private String text(Value value) {
    return Values.text(value).orElseThrow(() -> wrong("a text", value));
  }

  /** The text of any value. */
  String str(int place) {
    return Printing.str(value(place), meter);
  }

  /** A value that must be a whole number; those that are too large are as good as the largest. */
  int whole(int place) {
    return whole(value(place));
  }

  int whole(int place, int usual) {
    return given(place).map(this::whole).orElse(usual);
  }

  private int whole(Value value) {
    BigInteger most = BigInteger.valueOf(Integer.MAX_VALUE);
    return Numbers.whole(value)
        .orElseThrow(() -> wrong("a whole number", value))
        .min(most)
        .max(most.negate())
        .intValue();
  }

  boolean isTrue(int place) {
    return values.get(place).map(Values::isTrue).orElse(false);
  }

  /** The items of a value, made now. */
  List<Value> all(int place) {
    return Values.all(value(place), meter);
  }

  Fault wrong(String needed, Value found) {
    return found instanceof Undefined missing
        ? missing.fault()
        : new Fault(name + " needs " + needed + ", found a " + Values.type(found));
  }
}
