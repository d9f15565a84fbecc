/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import dev.sinter.template.Value.Arguments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that choose items by a test, or make something of each. */
final class ChoiceFilters {
  static final Map<String, Builtin> ALL =
      Builtin.table(
          of("map(value, *)", ChoiceFilters::map),
          of("select(value, *)", call -> chosen(call, test(call, 0))),
          of("reject(value, *)", call -> chosen(call, test(call, 0).negate())),
          of("selectattr(value, *)", call -> chosen(call, attributeTest(call))),
          of("rejectattr(value, *)", call -> chosen(call, attributeTest(call).negate())));

  private ChoiceFilters() {}

  private static Value map(Call call) {
    UnaryOperator<Value> made = made(call);
    return Values.isTrue(call.value(0))
        ? new Value.Lazy(
            "map", Lazily.mapped(Values.iterator(call.value(0), call.meter()), made, call.meter()))
        : nothing(call);
  }

  private static Value nothing(Call call) {
    return new Value.Lazy(call.name(), Collections.emptyIterator());
  }

  /** An attribute of each item, or a filter of it. */
  private static UnaryOperator<Value> made(Call call) {
    Map<String, Value> named = new LinkedHashMap<>(call.further().named());
    List<Value> positional = call.further().positional();
    if (positional.isEmpty() && named.containsKey("attribute")) {
      Value attribute = named.remove("attribute");
      Optional<Value> usual =
          Optional.ofNullable(named.remove("default"))
              .filter(value -> !(value instanceof Value.None));
      if (!named.isEmpty()) {
        throw new Fault("map has no argument " + named.keySet().iterator().next());
      }
      return new Lookup(Lookup.path(attribute), usual, call.meter())::in;
    }
    if (positional.isEmpty()) {
      throw new Fault("map needs the name of a filter, or attribute=");
    }
    Builtin filter = Filters.named(name(call, positional.get(0)));
    List<Value> others = positional.subList(1, positional.size());
    return item -> Builtin.call(filter, behind(item, others, named), call.meter());
  }

  private static String name(Call call, Value name) {
    return Values.text(name).orElseThrow(() -> call.wrong("a name in quotes", name));
  }

  private static Arguments behind(Value item, List<Value> others, Map<String, Value> named) {
    List<Value> positional = new ArrayList<>();
    positional.add(item);
    positional.addAll(others);
    return new Arguments(positional, named);
  }

  /** The test that stands among the further arguments from a place on; truth if there is none. */
  private static Predicate<Value> test(Call call, int place) {
    List<Value> positional = call.further().positional();
    if (positional.size() <= place) {
      return Values::isTrue;
    }
    Builtin test = Tests.named(name(call, positional.get(place)));
    List<Value> others = positional.subList(place + 1, positional.size());
    Map<String, Value> named = call.further().named();
    return item -> Values.isTrue(Builtin.call(test, behind(item, others, named), call.meter()));
  }

  private static Predicate<Value> attributeTest(Call call) {
    if (call.further().positional().isEmpty()) {
      throw new Fault(call.name() + " needs the name of an attribute");
    }
    Lookup attribute =
        new Lookup(Lookup.path(call.further().positional().get(0)), Optional.empty(), call.meter());
    Predicate<Value> test = test(call, 1);
    return item -> test.test(attribute.in(item));
  }

  private static Value chosen(Call call, Predicate<Value> test) {
    return Values.isTrue(call.value(0))
        ? new Value.Lazy(
            call.name(),
            Lazily.filtered(Values.iterator(call.value(0), call.meter()), test, call.meter()))
        : nothing(call);
  }
}
