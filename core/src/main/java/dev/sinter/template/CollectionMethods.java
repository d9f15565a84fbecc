/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import java.util.List;
import java.util.Map;

/** The methods of dicts, lists and tuples; those that change them there are not. */
final class CollectionMethods {
  static final Map<String, Builtin> DICT =
      Builtin.table(
          of("copy(self)", call -> call.value(0)),
          of("get(self, key, default=)", CollectionMethods::get),
          of("items(self)", call -> view("dict_items", items(dict(call)), call)),
          of("keys(self)", call -> view("dict_keys", dict(call).keys(), call)),
          of("values(self)", call -> view("dict_values", dict(call).values(), call)));

  static final Map<String, Builtin> LIST =
      Builtin.table(
          of("copy(self)", call -> call.value(0)),
          of("count(self, value)", CollectionMethods::count),
          of("index(self, value, start=, stop=)", CollectionMethods::index));

  private CollectionMethods() {}

  private static Dict dict(Call call) {
    return (Dict) call.value(0);
  }

  static List<Value> items(Dict dict) {
    return dict.entries().stream().map(Dict.Entry::asTuple).toList();
  }

  private static Value view(String kind, List<Value> items, Call call) {
    call.meter().steps(items.size());
    return new Value.View(kind, items);
  }

  private static Value get(Call call) {
    return dict(call).find(call.value(1), call.meter()).orElseGet(() -> call.value(2, Value.NONE));
  }

  private static Value count(Call call) {
    long count =
        call.all(0).stream()
            .filter(item -> Comparison.equal(item, call.value(1), call.meter()))
            .count();
    return Value.of(count);
  }

  private static Value index(Call call) {
    List<Value> items = call.all(0);
    int start = place(call.whole(2, 0), items.size());
    int stop = Math.min(items.size(), place(call.whole(3, items.size()), items.size()));
    for (int i = start; i < stop; i++) {
      if (Comparison.equal(items.get(i), call.value(1), call.meter())) {
        return Value.of(i);
      }
    }
    throw new Fault(
        Printing.shown(call.value(1), call.meter())
            + " is not in the "
            + Values.type(call.value(0)));
  }

  private static int place(int given, int size) {
    return given < 0 ? Math.max(0, given + size) : given;
  }
}
