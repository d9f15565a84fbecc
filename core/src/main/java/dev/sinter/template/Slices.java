/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A slice as Python has it: negative places count from the end, and no place is too far. */
record Slices(Optional<Value> start, Optional<Value> stop, Optional<Value> step) {

  /** The part of a text, list, tuple or range. */
  Value of(Value owner, Meter meter) {
    if (owner instanceof Undefined missing) {
      throw missing.fault();
    }
    Optional<String> text = Values.text(owner);
    if (text.isPresent()) {
      return Value.of(text(text.get(), meter));
    }
    if (owner instanceof Value.Range range) {
      return new Value.Items(places(range.size(), meter).stream().map(range::at).toList());
    }
    if (owner instanceof Value.Items || owner instanceof Value.Tuple) {
      List<Value> items = Values.list(owner).orElseThrow();
      List<Value> part = new ArrayList<>();
      places(items.size(), meter).forEach(place -> part.add(items.get(place.intValue())));
      return owner instanceof Value.Items ? new Value.Items(part) : new Value.Tuple(part);
    }
    throw new Fault("A " + Values.type(owner) + " cannot be sliced");
  }

  private String text(String text, Meter meter) {
    meter.read(text.length());
    Bounds bounds = bounds(text.codePointCount(0, text.length()));
    if (bounds.step() == 1) {
      int begin = text.offsetByCodePoints(0, (int) bounds.first());
      return text.substring(begin, text.offsetByCodePoints(begin, (int) bounds.count()));
    }
    int[] characters = text.codePoints().toArray();
    StringBuilder part = new StringBuilder();
    for (long i = 0; i < bounds.count(); i++) {
      part.appendCodePoint(characters[(int) (bounds.first() + i * bounds.step())]);
    }
    return part.toString();
  }

  private List<Long> places(long size, Meter meter) {
    Bounds bounds = bounds(size);
    meter.steps(bounds.count());
    List<Long> places = new ArrayList<>();
    for (long i = 0; i < bounds.count(); i++) {
      places.add(bounds.first() + i * bounds.step());
    }
    return places;
  }

  /** Where to begin, how many to take, and how far apart. */
  private record Bounds(long first, long count, long step) {}

  /** As Python's slice.indices: every bound is brought to where there are items. */
  private Bounds bounds(long size) {
    long by = clamp(step, 1, Integer.MAX_VALUE);
    if (by == 0) {
      throw new Fault("A slice cannot have a step of zero");
    }
    long lowest = by > 0 ? 0 : -1;
    long highest = by > 0 ? size : size - 1;
    long first = place(start, by > 0 ? lowest : highest, size, lowest, highest);
    long last = place(stop, by > 0 ? highest : lowest, size, lowest, highest);
    long span = by > 0 ? last - first : first - last;
    return new Bounds(first, span <= 0 ? 0 : (span - 1) / Math.abs(by) + 1, by);
  }

  private static long place(
      Optional<Value> given, long usual, long size, long lowest, long highest) {
    if (given.filter(value -> !(value instanceof Value.None)).isEmpty()) {
      return usual;
    }
    long place = clamp(given, 0, Long.MAX_VALUE / 4);
    return Math.max(lowest, Math.min(highest, place < 0 ? place + size : place));
  }

  private static long clamp(Optional<Value> given, long usual, long limit) {
    if (given.filter(value -> !(value instanceof Value.None)).isEmpty()) {
      return usual;
    }
    BigInteger value =
        Numbers.whole(given.get())
            .orElseThrow(
                () ->
                    given.get() instanceof Undefined missing
                        ? missing.fault()
                        : new Fault(
                            "The bounds of a slice are whole numbers, found a "
                                + Values.type(given.get())));
    BigInteger bound = BigInteger.valueOf(limit);
    return value.min(bound).max(bound.negate()).longValue();
  }

  /** The item at a place, which may count from the end; empty beyond both. */
  static Optional<Value> item(Value owner, Value.Int index, Meter meter) {
    boolean back = index.value().signum() < 0;
    if (index.value().bitLength() >= Integer.SIZE || !Values.hasLength(owner)) {
      return Optional.empty();
    }
    Optional<String> text = Values.text(owner);
    if (text.isPresent()) {
      return character(text.get(), index.value().intValue(), meter);
    }
    long size = Values.length(owner, meter).orElseThrow();
    long place = index.value().longValue() + (back ? size : 0);
    if (place < 0 || place >= size) {
      return Optional.empty();
    }
    return owner instanceof Value.Range range
        ? Optional.of(range.at(place))
        : Values.list(owner).map(items -> items.get((int) place));
  }

  private static Optional<Value> character(String text, int place, Meter meter) {
    int steps = place < 0 ? -(place + 1) : place;
    if (steps >= text.length()) {
      return Optional.empty();
    }
    meter.read(steps / 2);
    try {
      int at = text.offsetByCodePoints(place < 0 ? text.length() : 0, place);
      return at < text.length()
          ? Optional.of(Value.of(Character.toString(text.codePointAt(at))))
          : Optional.empty();
    } catch (IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
