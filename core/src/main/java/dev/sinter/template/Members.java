/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What x.name and x[key] mean: items of values, and the methods of their types. */
final class Members {
  /** What would change a value. */
  private static final Set<String> CHANGING =
      Set.of(
          "append",
          "clear",
          "extend",
          "insert",
          "pop",
          "popitem",
          "remove",
          "reverse",
          "setdefault",
          "sort",
          "update");

  private Members() {}

  /** The attribute of that name, or else the item. */
  static Value attribute(Value owner, String name, Meter meter) {
    return attributeOf(owner, name, meter)
        .or(() -> itemOf(owner, Value.of(name), meter))
        .orElseGet(() -> Undefined.member(owner, name));
  }

  /** The item under that key, or else the attribute. */
  static Value item(Value owner, Value key, Meter meter) {
    return itemOf(owner, key, meter)
        .or(() -> Values.text(key).flatMap(name -> attributeOf(owner, name, meter)))
        .orElseGet(() -> Undefined.member(owner, Printing.str(key, meter)));
  }

  /** The attribute alone. */
  static Optional<Value> attributeOf(Value owner, String name, Meter meter) {
    if (owner instanceof Undefined missing) {
      throw missing.fault();
    }
    if (owner instanceof Namespace namespace) {
      return Optional.ofNullable(namespace.attributes().get(name));
    }
    if (owner instanceof LoopState loop) {
      return Optional.of(name)
          .filter(LoopState.ATTRIBUTES::contains)
          .map(attribute -> loop.attribute(attribute, meter));
    }
    if (owner instanceof Value.Tuple tuple && tuple.names().contains(name)) {
      return Optional.of(tuple.items().get(tuple.names().indexOf(name)));
    }
    return method(owner, name, meter);
  }

  private static Optional<Value> method(Value owner, String name, Meter meter) {
    boolean changes = owner instanceof Dict || owner instanceof Value.Items;
    if (changes && CHANGING.contains(name)) {
      return Optional.of(
          Undefined.because(
              name + " would change a " + Values.type(owner) + "; templates may set names alone"));
    }
    Map<String, Builtin> methods = methods(owner);
    if (methods.containsKey(name)) {
      return Optional.of(bound(owner, methods.get(name), meter));
    }
    if (owner instanceof Value.Text && TextMethods.REFUSED.contains(name)) {
      throw new Fault("Texts here have no method " + name);
    }
    if (owner instanceof Value.Safe) {
      throw new Fault("Text that is marked safe has no methods here; write | safe behind them");
    }
    return Optional.empty();
  }

  private static Map<String, Builtin> methods(Value owner) {
    if (owner instanceof Value.Text) {
      return TextMethods.ALL;
    }
    if (owner instanceof Dict) {
      return CollectionMethods.DICT;
    }
    return owner instanceof Value.Items || owner instanceof Value.Tuple
        ? CollectionMethods.LIST
        : Map.of();
  }

  private static Value bound(Value owner, Builtin method, Meter meter) {
    return new Value.Function(
        method.name(),
        given -> {
          List<Value> arguments = new ArrayList<>();
          arguments.add(owner);
          arguments.addAll(given.positional());
          return Builtin.call(method, new Value.Arguments(arguments, given.named()), meter);
        });
  }

  private static Optional<Value> itemOf(Value owner, Value key, Meter meter) {
    if (owner instanceof Undefined missing) {
      throw missing.fault();
    }
    if (owner instanceof Dict dict) {
      boolean hashable = !(key instanceof Value.Items || key instanceof Dict);
      return hashable ? dict.find(key, meter) : Optional.empty();
    }
    boolean placed = !(owner instanceof Value.View) && !(owner instanceof Value.Lazy);
    return placed
        ? Numbers.whole(key).flatMap(place -> Slices.item(owner, new Value.Int(place), meter))
        : Optional.empty();
  }
}
