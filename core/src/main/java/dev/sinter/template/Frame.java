/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The names that a part of a template sees: its own, which it may set, and those around it. */
final class Frame {
  private final Optional<Frame> outer;
  private final Map<String, Value> values = new HashMap<>();

  private Frame(Optional<Frame> outer) {
    this.outer = outer;
  }

  static Frame outermost(Map<String, Value> values) {
    Frame frame = new Frame(Optional.empty());
    frame.values.putAll(values);
    return frame;
  }

  Frame inner() {
    return new Frame(Optional.of(this));
  }

  void set(String name, Value value) {
    values.put(name, value);
  }

  Optional<Value> find(String name) {
    Optional<Frame> frame = Optional.of(this);
    while (frame.isPresent()) {
      Value value = frame.get().values.get(name);
      if (value != null) {
        return Optional.of(value);
      }
      frame = frame.get().outer;
    }
    return Optional.empty();
  }
}
