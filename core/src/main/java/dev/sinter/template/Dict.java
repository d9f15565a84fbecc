/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A dict: values by key, in the order that the keys came in. */
final class Dict implements Value {
  static final Dict EMPTY = new Dict(Map.of());

  /** What an entry costs besides its key. */
  private static final int ENTRY = 3;

  private final Map<Object, Entry> entries;

  private Dict(Map<Object, Entry> entries) {
    this.entries = entries;
  }

  /** A key and what stands under it. */
  record Entry(Value key, Value value) {
    Value asTuple() {
      return new Tuple(List.of(key, value));
    }
  }

  /** Puts a dict together; the first of equal keys stays, with the last value. */
  static final class Builder {
    private final Map<Object, Entry> entries = new LinkedHashMap<>();
    private final Meter meter;

    Builder(Meter meter) {
      this.meter = meter;
    }

    Builder put(Value key, Value value) {
      meter.steps(ENTRY);
      entries.merge(
          key(key, meter), new Entry(key, value), (old, now) -> new Entry(old.key(), now.value()));
      return this;
    }

    Dict build() {
      return new Dict(entries);
    }
  }

  static Dict of(Map<String, Value> named) {
    Map<Object, Entry> entries = new LinkedHashMap<>();
    named.forEach((name, value) -> entries.put(name, new Entry(Value.of(name), value)));
    return new Dict(entries);
  }

  Optional<Value> find(Value key, Meter meter) {
    return find(key(key, meter));
  }

  Optional<Value> find(String key) {
    return find((Object) key);
  }

  private Optional<Value> find(Object key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  int size() {
    return entries.size();
  }

  List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  List<Value> keys() {
    return entries.values().stream().map(Entry::key).toList();
  }

  List<Value> values() {
    return entries.values().stream().map(Entry::value).toList();
  }

  /** The keys that are texts, for messages. */
  List<String> names() {
    return entries.keySet().stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .toList();
  }

  /** What equal values have in common: 1, 1.0 and true are one key. */
  static Object key(Value value, Meter meter) {
    meter.step();
    if (value instanceof Text text) {
      return text.value();
    }
    if (value instanceof Safe text) {
      return text.value();
    }
    if (value instanceof Int number) {
      return number.value();
    }
    if (value instanceof Bool bool) {
      return bool.value() ? BigInteger.ONE : BigInteger.ZERO;
    }
    if (value instanceof Real number) {
      return number(number.value());
    }
    if (value instanceof Tuple tuple) {
      meter.enter();
      List<Object> keys = new ArrayList<>();
      tuple.items().forEach(item -> keys.add(key(item, meter)));
      meter.leave();
      return keys;
    }
    if (value instanceof Undefined) {
      return Undefined.class;
    }
    if (value instanceof Items || value instanceof Dict || value instanceof View) {
      throw new Fault("A " + Values.type(value) + " cannot be a key, and is in no set");
    }
    return value;
  }

  private static Object number(double value) {
    boolean whole = Double.isFinite(value) && value == Math.rint(value);
    return whole ? new BigDecimal(value).toBigInteger() : (Object) value;
  }
}
