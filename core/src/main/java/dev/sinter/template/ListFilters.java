/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Filters of lists: their order, their ends, their groups. */
final class ListFilters {
  static final Map<String, Builtin> ALL =
      Builtin.table(
          of("list(value)", call -> new Value.Items(call.all(0))),
          of("items(value)", ListFilters::items),
          of("first(seq)", ListFilters::first),
          of("last(seq)", ListFilters::last),
          of("reverse(value)", ListFilters::reverse),
          of("sort(value, reverse=, case_sensitive=, attribute=)", ListFilters::sort),
          of("dictsort(value, case_sensitive=, by=, reverse=)", ListFilters::dictsort),
          of("unique(value, case_sensitive=, attribute=)", ListFilters::unique),
          of("min(value, case_sensitive=, attribute=)", call -> outermost(call, -1)),
          of("max(value, case_sensitive=, attribute=)", call -> outermost(call, 1)),
          of("sum(iterable, attribute=, start=)", ListFilters::sum),
          of("groupby(value, attribute, default=, case_sensitive=)", ListFilters::groupby),
          of("batch(value, linecount, fill_with=)", ListFilters::batch),
          of("slice(value, slices, fill_with=)", ListFilters::slice));

  private ListFilters() {}

  private static Value items(Call call) {
    if (call.value(0) instanceof Undefined) {
      return new Value.Lazy("items", Collections.emptyIterator());
    }
    if (call.value(0) instanceof Dict dict) {
      return new Value.Lazy("items", CollectionMethods.items(dict).iterator());
    }
    throw call.wrong("a dict", call.value(0));
  }

  private static Value first(Call call) {
    Iterator<Value> items = Values.iterator(call.value(0), call.meter());
    return items.hasNext()
        ? items.next()
        : Undefined.because("There is no first item, the list is empty");
  }

  private static Value last(Call call) {
    List<Value> items = reversible(call);
    return items.isEmpty()
        ? Undefined.because("There is no last item, the list is empty")
        : items.get(items.size() - 1);
  }

  private static List<Value> reversible(Call call) {
    if (call.value(0) instanceof Value.Lazy) {
      throw call.wrong("a list; write | list before it", call.value(0));
    }
    return call.all(0);
  }

  private static Value reverse(Call call) {
    if (Values.text(call.value(0)).isPresent()) {
      call.meter().make(call.text(0).length());
      StringBuilder reversed = new StringBuilder();
      int[] characters = call.text(0).codePoints().toArray();
      for (int i = characters.length - 1; i >= 0; i--) {
        reversed.appendCodePoint(characters[i]);
      }
      return Value.of(reversed.toString());
    }
    List<Value> items = call.all(0);
    Collections.reverse(items);
    return call.value(0) instanceof Value.Lazy
        ? new Value.Items(items)
        : new Value.Lazy("reverse", items.iterator());
  }

  /** What a text is compared by. */
  private static UnaryOperator<Value> folded(boolean caseSensitive) {
    return value ->
        caseSensitive
            ? value
            : Values.text(value).map(text -> Value.of(Letters.lower(text))).orElse(value);
  }

  /** An item and what it is ordered by. */
  private record Keyed(List<Value> keys, Value item) {}

  private static List<Keyed> keyed(
      List<Value> items, List<Lookup> by, UnaryOperator<Value> folded) {
    List<Keyed> keyed = new ArrayList<>();
    for (Value item : items) {
      keyed.add(new Keyed(by.stream().map(key -> folded.apply(key.in(item))).toList(), item));
    }
    return keyed;
  }

  /** Sorts as Python does: what is equal stays in its order, backwards too. */
  private static List<Keyed> sorted(List<Keyed> items, boolean reverse, Call call) {
    List<Keyed> sorted = new ArrayList<>(items);
    int sign = reverse ? -1 : 1;
    sorted.sort((a, b) -> sign * order(a, b, call));
    return sorted;
  }

  private static int order(Keyed a, Keyed b, Call call) {
    call.meter().step();
    return Comparison.compare(
        call.name(), new Value.Tuple(a.keys()), new Value.Tuple(b.keys()), call.meter());
  }

  private static Value sort(Call call) {
    List<Lookup> by = new ArrayList<>();
    if (call.given(3).flatMap(Values::text).isPresent()) {
      for (String attribute : call.text(3).split(",", -1)) {
        by.add(Lookup.of(call, 3).along(Value.of(attribute)));
      }
    } else {
      by.add(Lookup.of(call, 3));
    }
    List<Keyed> items = keyed(call.all(0), by, folded(call.isTrue(2)));
    return new Value.Items(sorted(items, call.isTrue(1), call).stream().map(Keyed::item).toList());
  }

  private static Value dictsort(Call call) {
    if (!(call.value(0) instanceof Dict dict)) {
      throw call.wrong("a dict", call.value(0));
    }
    String by = call.text(2, "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new Fault("dictsort goes by key or value, found " + by);
    }
    Lookup place = Lookup.of(call, 3).along(Value.of(by.equals("key") ? 0 : 1));
    List<Keyed> items =
        keyed(CollectionMethods.items(dict), List.of(place), folded(call.isTrue(1)));
    return new Value.Items(sorted(items, call.isTrue(3), call).stream().map(Keyed::item).toList());
  }

  private static Value unique(Call call) {
    Set<Object> seen = new HashSet<>();
    Lookup by = Lookup.of(call, 2);
    UnaryOperator<Value> folded = folded(call.isTrue(1));
    return new Value.Lazy(
        "unique",
        Lazily.filtered(
            Values.iterator(call.value(0), call.meter()),
            item -> seen.add(Dict.key(folded.apply(by.in(item)), call.meter())),
            call.meter()));
  }

  private static Value outermost(Call call, int sign) {
    List<Keyed> items = keyed(call.all(0), List.of(Lookup.of(call, 2)), folded(call.isTrue(1)));
    if (items.isEmpty()) {
      return Undefined.because("There is no " + call.name() + ", the list is empty");
    }
    Keyed found = items.get(0);
    for (Keyed item : items) {
      found = order(item, found, call) * sign > 0 ? item : found;
    }
    return found.item();
  }

  private static Value sum(Call call) {
    Lookup attribute = Lookup.of(call, 1);
    Value sum = call.value(2, Value.of(0));
    if (Values.text(sum).isPresent()) {
      throw call.wrong("a start that is no text; join joins texts", sum);
    }
    for (Value item : call.all(0)) {
      sum = Arithmetic.add(sum, attribute.in(item), call.meter());
    }
    return sum;
  }

  private static Value groupby(Call call) {
    Lookup by = Lookup.of(call, 1).orElse(call.given(2));
    UnaryOperator<Value> folded = folded(call.isTrue(3));
    List<Value> groups = new ArrayList<>();
    List<Keyed> members = new ArrayList<>();
    for (Keyed item : sorted(keyed(call.all(0), List.of(by), folded), false, call)) {
      if (!members.isEmpty() && order(members.get(0), item, call) != 0) {
        groups.add(group(members, by));
        members.clear();
      }
      members.add(item);
    }
    if (!members.isEmpty()) {
      groups.add(group(members, by));
    }
    return new Value.Items(groups);
  }

  /** A group is called what its first member has, in its own case. */
  private static Value group(List<Keyed> members, Lookup by) {
    List<Value> items = members.stream().map(Keyed::item).toList();
    return new Value.Tuple(
        List.of(by.in(items.get(0)), new Value.Items(items)), List.of("grouper", "list"));
  }

  private static Value batch(Call call) {
    int size = call.whole(1);
    List<Value> batches = new ArrayList<>();
    List<Value> batch = new ArrayList<>();
    for (Value item : call.all(0)) {
      if (batch.size() == size) {
        batches.add(new Value.Items(batch));
        batch = new ArrayList<>();
      }
      batch.add(item);
    }
    if (!batch.isEmpty()) {
      if (call.given(2).isPresent() && batch.size() < size) {
        call.meter().steps(size);
        batch.addAll(Collections.nCopies(size - batch.size(), call.value(2)));
      }
      batches.add(new Value.Items(batch));
    }
    return new Value.Lazy("batch", batches.iterator());
  }

  private static Value slice(Call call) {
    List<Value> items = call.all(0);
    int slices = call.whole(1);
    if (slices <= 0) {
      throw new Fault("slice needs a number of slices above 0, found " + slices);
    }
    call.meter().steps(slices);
    List<Value> parts = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < slices; i++) {
      boolean larger = i < items.size() % slices;
      int end = next + items.size() / slices + (larger ? 1 : 0);
      List<Value> part = new ArrayList<>(items.subList(next, end));
      if (call.given(2).isPresent() && !larger) {
        part.add(call.value(2));
      }
      parts.add(new Value.Items(part));
      next = end;
    }
    return new Value.Lazy("slice", parts.iterator());
  }
}
