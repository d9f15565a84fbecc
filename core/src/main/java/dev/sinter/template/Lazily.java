/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Items that are made as they are asked for. */
final class Lazily {
  private Lazily() {}

  static Iterator<Value> filtered(Iterator<Value> items, Predicate<Value> test, Meter meter) {
    return new Iterator<>() {
      private Optional<Value> found = Optional.empty();

      @Override
      public boolean hasNext() {
        meter.enter();
        while (found.isEmpty() && items.hasNext()) {
          found = Optional.of(items.next()).filter(test);
        }
        meter.leave();
        return found.isPresent();
      }

      @Override
      public Value next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Value item = found.orElseThrow();
        found = Optional.empty();
        return item;
      }
    };
  }

  static Iterator<Value> mapped(
      Iterator<Value> items, Function<Value, Value> function, Meter meter) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        meter.enter();
        boolean more = items.hasNext();
        meter.leave();
        return more;
      }

      @Override
      public Value next() {
        meter.enter();
        Value made = function.apply(items.next());
        meter.leave();
        return made;
      }
    };
  }
}
