/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a filter finds what it goes by in each item: by a path as {@code "function.name"}, whose
 * numbers count items.
 *
 * @param path the keys, one inside the other; the item itself if there are none
 * @param usual what stands for something that is not there
 */
record Lookup(List<Value> path, Optional<Value> usual, Meter meter) {

  /** By the argument of a call at that place, if there is one. */
  static Lookup of(Call call, int place) {
    return new Lookup(
        call.given(place).map(Lookup::path).orElse(List.of()), Optional.empty(), call.meter());
  }

  static List<Value> path(Value attribute) {
    Optional<String> text = Values.text(attribute);
    if (text.isEmpty()) {
      return List.of(attribute);
    }
    List<Value> path = new ArrayList<>();
    for (String part : text.get().split("\\.", -1)) {
      path.add(part.matches("[0-9]{1,9}") ? Value.of(Long.parseLong(part)) : Value.of(part));
    }
    return path;
  }

  /** The same by another path. */
  Lookup along(Value attribute) {
    return new Lookup(path(attribute), usual, meter);
  }

  Lookup orElse(Optional<Value> other) {
    return new Lookup(path, other, meter);
  }

  Value in(Value item) {
    Value found = item;
    for (Value key : path) {
      found = Members.item(found, key, meter);
      if (found instanceof Undefined && usual.isPresent()) {
        found = usual.get();
      }
    }
    return found;
  }
}
