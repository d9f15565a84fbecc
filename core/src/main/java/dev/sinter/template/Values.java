/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** What can be asked of any value. */
final class Values {
  private Values() {}

  /** The type as Python calls it, for messages. */
  static String type(Value value) {
    if (value instanceof Value.None) {
      return "None";
    }
    if (value instanceof Value.Bool) {
      return "bool";
    }
    if (value instanceof Value.Int) {
      return "int";
    }
    if (value instanceof Value.Real) {
      return "float";
    }
    if (text(value).isPresent()) {
      return "str";
    }
    if (value instanceof Value.Items) {
      return "list";
    }
    if (value instanceof Value.View view) {
      return view.kind();
    }
    if (value instanceof Value.Lazy lazy) {
      return "result of " + lazy.kind();
    }
    if (value instanceof LoopState) {
      return "loop";
    }
    return value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** A text, marked safe or not. */
  static Optional<String> text(Value value) {
    if (value instanceof Value.Text text) {
      return Optional.of(text.value());
    }
    return value instanceof Value.Safe safe ? Optional.of(safe.value()) : Optional.empty();
  }

  /** Nothing, zero and what is empty are false; what is made as it is asked for is true. */
  static boolean isTrue(Value value) {
    if (value instanceof Value.Bool bool) {
      return bool.value();
    }
    if (value instanceof Value.Int number) {
      return number.value().signum() != 0;
    }
    if (value instanceof Value.Real number) {
      return number.value() != 0;
    }
    if (value instanceof Value.None) {
      return false;
    }
    if (value instanceof Value.Range range) {
      return range.size() > 0;
    }
    if (value instanceof Dict dict) {
      return dict.size() > 0;
    }
    Optional<String> text = text(value);
    return text.isPresent()
        ? !text.get().isEmpty()
        : !(value instanceof Undefined) && !list(value).map(List::isEmpty).orElse(false);
  }

  static Value not(Value value) {
    return Value.of(!isTrue(value));
  }

  /** Whether {@link #length} has an answer. */
  static boolean hasLength(Value value) {
    boolean single = value instanceof Value.Range || value instanceof Dict;
    boolean odd = value instanceof LoopState || value instanceof Undefined;
    return single || odd || text(value).isPresent() || list(value).isPresent();
  }

  /** The number of items, for values that have one. */
  static Optional<Long> length(Value value, Meter meter) {
    Optional<String> text = text(value);
    if (text.isPresent()) {
      meter.read(text.get().length() / 4);
      return Optional.of((long) text.get().codePointCount(0, text.get().length()));
    }
    if (value instanceof Dict dict) {
      return Optional.of((long) dict.size());
    }
    if (value instanceof Value.Range range) {
      return Optional.of(range.size());
    }
    if (value instanceof LoopState loop) {
      return Optional.of(loop.length());
    }
    if (value instanceof Undefined) {
      return Optional.of(0L);
    }
    return list(value).map(items -> (long) items.size());
  }

  /** The items of a list, a tuple or a view. */
  static Optional<List<Value>> list(Value value) {
    if (value instanceof Value.Items list) {
      return Optional.of(list.items());
    }
    if (value instanceof Value.Tuple tuple) {
      return Optional.of(tuple.items());
    }
    return value instanceof Value.View view ? Optional.of(view.items()) : Optional.empty();
  }

  /** Goes through the items of a value, each a step. */
  static Iterator<Value> iterator(Value value, Meter meter) {
    Iterator<Value> items =
        items(value)
            .orElseThrow(
                () -> new Fault("A " + type(value) + " has no items that one could go through"));
    return Lazily.mapped(
        items,
        item -> {
          meter.step();
          return item;
        },
        meter);
  }

  static boolean isIterable(Value value) {
    return items(value).isPresent();
  }

  private static Optional<Iterator<Value>> items(Value value) {
    Optional<String> text = text(value);
    if (text.isPresent()) {
      return Optional.of(
          text.get().codePoints().mapToObj(c -> Value.of(Character.toString(c))).iterator());
    }
    if (value instanceof Dict dict) {
      return Optional.of(dict.keys().iterator());
    }
    if (value instanceof Value.Range range) {
      return Optional.of(LongStream.range(0, range.size()).mapToObj(range::at).iterator());
    }
    if (value instanceof Value.Lazy lazy) {
      return Optional.of(lazy.items());
    }
    if (value instanceof Undefined) {
      return Optional.of(Collections.emptyIterator());
    }
    return list(value).map(List::iterator);
  }

  /** Every item, made now. */
  static List<Value> all(Value value, Meter meter) {
    List<Value> items = new ArrayList<>();
    iterator(value, meter).forEachRemaining(items::add);
    return items;
  }

  static Value call(Value function, Value.Arguments arguments) {
    if (function instanceof Value.Function found) {
      return found.code().call(arguments);
    }
    if (function instanceof Undefined missing) {
      throw missing.fault();
    }
    if (function instanceof LoopState) {
      throw new Fault("This loop cannot be called: loops here are not recursive");
    }
    throw new Fault("A " + type(function) + " cannot be called");
  }

  /** What **value gives a call. */
  static Map<String, Value> named(Value value) {
    if (!(value instanceof Dict dict)) {
      throw new Fault("Arguments after ** must be a dict, found a " + type(value));
    }
    Map<String, Value> named = new LinkedHashMap<>();
    for (Dict.Entry entry : dict.entries()) {
      String name =
          text(entry.key())
              .orElseThrow(
                  () -> new Fault("Names of arguments are texts, found a " + type(entry.key())));
      named.put(name, entry.value());
    }
    return named;
  }

  /** What Python's json makes of it. */
  static Value of(Json json) {
    if (json instanceof Json.Str text) {
      return Value.of(text.value());
    }
    if (json instanceof Json.Num number) {
      return number.isInteger()
          ? new Value.Int(new BigInteger(number.text()))
          : new Value.Real(number.asDouble());
    }
    if (json instanceof Json.Bool bool) {
      return Value.of(bool.value());
    }
    if (json instanceof Json.Arr array) {
      return new Value.Items(array.items().stream().map(Values::of).toList());
    }
    if (json instanceof Json.Obj object) {
      Map<String, Value> members = new LinkedHashMap<>();
      object.members().forEach((name, member) -> members.put(name, of(member)));
      return Dict.of(members);
    }
    return Value.NONE;
  }
}
