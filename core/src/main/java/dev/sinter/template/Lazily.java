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

  static Iterator<Value> filtered(Iterator<Value> items, Predicate<Value> test) {
    return new Iterator<>() {
      private Optional<Value> found = Optional.empty();

      @Override
      public boolean hasNext() {
        while (found.isEmpty() && items.hasNext()) {
          found = Optional.of(items.next()).filter(test);
        }
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

  static Iterator<Value> mapped(Iterator<Value> items, Function<Value, Value> function) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Value next() {
        return function.apply(items.next());
      }
    };
  }
}
