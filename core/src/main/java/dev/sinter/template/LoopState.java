/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Value.Arguments;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a loop knows of itself: the value of the name loop. */
final class LoopState implements Value {
  static final List<String> ATTRIBUTES =
      List.of(
          "index",
          "index0",
          "first",
          "last",
          "length",
          "revindex",
          "revindex0",
          "previtem",
          "nextitem",
          "cycle",
          "changed",
          "depth",
          "depth0");

  private Iterator<Value> items;
  private final Supplier<Optional<Long>> known;
  private Optional<Long> length = Optional.empty();
  private long index = -1;
  private Optional<Value> previous = Optional.empty();
  private Optional<Value> item = Optional.empty();
  private Optional<Value> following = Optional.empty();
  private Optional<List<Value>> lastChanged = Optional.empty();

  /**
   * A loop that has not begun.
   *
   * @param known the number of turns, if it is known before they are made
   */
  LoopState(Iterator<Value> items, Supplier<Optional<Long>> known) {
    this.items = items;
    this.known = known;
  }

  /** Goes on to the next item, if there is one. */
  boolean next() {
    if (peek().isEmpty()) {
      return false;
    }
    index++;
    previous = item;
    item = following;
    following = Optional.empty();
    return true;
  }

  Value item() {
    return item.orElseThrow();
  }

  private Optional<Value> peek() {
    if (following.isEmpty() && items.hasNext()) {
      following = Optional.of(items.next());
    }
    return following;
  }

  /** The number of turns; the items that are to come are made if it is not known. */
  long length() {
    length = length.or(known);
    if (length.isEmpty()) {
      List<Value> rest = new ArrayList<>();
      items.forEachRemaining(rest::add);
      items = rest.iterator();
      length = Optional.of(index + 1 + following.map(value -> 1).orElse(0) + rest.size());
    }
    return length.get();
  }

  long turn() {
    return index + 1;
  }

  /** One of {@link #ATTRIBUTES}. */
  Value attribute(String name, Meter meter) {
    return switch (name) {
      case "index" -> Value.of(index + 1);
      case "index0" -> Value.of(index);
      case "first" -> Value.of(index == 0);
      case "last" -> Value.of(peek().isEmpty());
      case "length" -> Value.of(length());
      case "revindex" -> Value.of(length() - index);
      case "revindex0" -> Value.of(length() - index - 1);
      case "previtem" -> previous.orElseGet(() -> Undefined.because("There is no previous item"));
      case "nextitem" -> peek().orElseGet(() -> Undefined.because("There is no next item"));
      case "cycle" -> new Function("loop.cycle", this::cycle);
      case "changed" -> new Function("loop.changed", arguments -> changed(arguments, meter));
      case "depth" -> Value.of(1);
      case "depth0" -> Value.of(0);
      default -> throw new IllegalArgumentException("A loop has no " + name);
    };
  }

  private Value cycle(Arguments given) {
    if (given.positional().isEmpty()) {
      throw new Fault("loop.cycle needs values to go through");
    }
    return given.positional().get((int) (index % given.positional().size()));
  }

  private Value changed(Arguments given, Meter meter) {
    boolean same =
        lastChanged
            .map(last -> Comparison.equal(new Tuple(last), new Tuple(given.positional()), meter))
            .orElse(false);
    lastChanged = Optional.of(given.positional());
    return Value.of(!same);
  }
}
