/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON value. Numbers keep the text they were read with, so a file that passes through is not
 * respelled.
 */
public sealed interface Json extends Serializable {

  /** An object; its members keep their order. */
  record Obj(Map<String, Json> members) implements Json {
    public Obj {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** The member of that name; a JSON null counts as absent. */
    public Optional<Json> member(String name) {
      return Optional.ofNullable(members.get(name)).filter(value -> !(value instanceof Null));
    }

    /** The same object with one member added, or replaced in its place. */
    public Obj with(String name, Json value) {
      Map<String, Json> changed = new LinkedHashMap<>(members);
      changed.put(name, value);
      return new Obj(changed);
    }

    /** The same object without that member. */
    public Obj without(String name) {
      Map<String, Json> changed = new LinkedHashMap<>(members);
      changed.remove(name);
      return new Obj(changed);
    }
  }

  /** An array. */
  record Arr(List<Json> items) implements Json {
    public Arr {
      items = List.copyOf(items);
    }
  }

  /** A string. */
  record Str(String value) implements Json {}

  /** A number, as spelled. */
  record Num(String text) implements Json {
    /** Whether the number is spelled without fraction and exponent. */
    public boolean isInteger() {
      return text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
    }

    /** The number as a long; the spelling must be an integer in range. */
    public long asLong() {
      return Long.parseLong(text);
    }

    public double asDouble() {
      return Double.parseDouble(text);
    }
  }

  /** True or false. */
  record Bool(boolean value) implements Json {}

  /** Null. */
  record Null() implements Json {}

  /** Converts maps with string keys, iterables, strings, numbers, booleans and null. */
  static Json of(Object value) {
    if (value instanceof Json json) {
      return json;
    }
    if (value == null) {
      return new Null();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Json> members = new LinkedHashMap<>();
      map.forEach((key, member) -> members.put((String) key, of(member)));
      return new Obj(members);
    }
    if (value instanceof Iterable<?> iterable) {
      List<Json> items = new ArrayList<>();
      iterable.forEach(item -> items.add(of(item)));
      return new Arr(items);
    }
    if (value instanceof String text) {
      return new Str(text);
    }
    if (value instanceof Boolean bool) {
      return new Bool(bool);
    }
    if (value instanceof Integer || value instanceof Long) {
      return new Num(value.toString());
    }
    if (value instanceof Double number) {
      return new Num(PythonFloat.repr(number));
    }
    throw new IllegalArgumentException("No JSON form for a " + value.getClass().getName());
  }

  /** An object of alternating names and values, in that order. */
  static Obj object(Object... namesAndValues) {
    Map<String, Json> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put((String) namesAndValues[i], of(namesAndValues[i + 1]));
    }
    return new Obj(members);
  }
}
