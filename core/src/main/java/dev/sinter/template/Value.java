/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A value as a template sees it: what Python has, as far as chats need it. None ever changes. */
sealed interface Value
    permits Value.None,
        Value.Bool,
        Value.Int,
        Value.Real,
        Value.Text,
        Value.Safe,
        Value.Items,
        Value.Tuple,
        Value.View,
        Value.Range,
        Value.Lazy,
        Value.Function,
        Dict,
        LoopState,
        Namespace,
        Undefined {
  Value NONE = new None();
  Value TRUE = new Bool(true);
  Value FALSE = new Bool(false);

  /** Nothing. */
  record None() implements Value {}

  /** True or false, which are also 1 and 0. */
  record Bool(boolean value) implements Value {}

  /** A whole number of any size. */
  record Int(BigInteger value) implements Value {}

  /** A floating-point number. */
  record Real(double value) implements Value {}

  /** A text. */
  record Text(String value) implements Value {}

  /** A text that is taken for HTML: what joins it is escaped. */
  record Safe(String value) implements Value {}

  /** A list. */
  record Items(List<Value> items) implements Value {}

  /** A tuple; its items may have names, too. */
  record Tuple(List<Value> items, List<String> names) implements Value {
    Tuple(List<Value> items) {
      this(items, List.of());
    }
  }

  /** The keys, values or items of a dict, which can be gone through and no more. */
  record View(String kind, List<Value> items) implements Value {}

  /** Whole numbers from a start to before a stop. */
  record Range(long start, long stop, long step) implements Value {
    long size() {
      long span = step > 0 ? stop - start : start - stop;
      return span <= 0 ? 0 : (span - 1) / Math.abs(step) + 1;
    }

    Value at(long index) {
      return of(start + index * step);
    }
  }

  /** What a filter will give, made as it is asked for, once. */
  record Lazy(String kind, Iterator<Value> items) implements Value {}

  /** Something that can be called. */
  record Function(String name, Code code) implements Value {}

  /** What a function does. */
  interface Code {
    Value call(Arguments arguments);
  }

  /** What a function is called with. */
  record Arguments(List<Value> positional, Map<String, Value> named) {}

  static Value of(boolean value) {
    return value ? TRUE : FALSE;
  }

  static Value of(long value) {
    return new Int(BigInteger.valueOf(value));
  }

  static Value of(String value) {
    return new Text(value);
  }
}
