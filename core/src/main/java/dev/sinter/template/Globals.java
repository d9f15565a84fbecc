/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import dev.sinter.template.Value.Arguments;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The functions that a template finds. */
final class Globals {
  /** What Jinja has besides them, and no chat needs. */
  static final Set<String> REFUSED = Set.of("cycler", "joiner", "lipsum", "self");

  /** Jinja's sandbox has the same bound. */
  private static final int LONGEST_RANGE = 100_000;

  private Globals() {}

  static Map<String, Value> functions(LocalDateTime now, Meter meter) {
    List<Builtin> functions =
        List.of(
            of("dict(*)", Globals::dict),
            of("namespace(*)", call -> new Namespace(Values.named(dict(call)))),
            of("raise_exception(message)", Globals::raise),
            of("range(start, stop=, step=)", Globals::range),
            of(
                "strftime_now(format)",
                call -> Value.of(Strftime.format(call.text(0), now, call.meter()))));
    Map<String, Value> globals = new LinkedHashMap<>();
    for (Builtin function : functions) {
      globals.put(
          function.name(),
          new Value.Function(function.name(), given -> Builtin.call(function, given, meter)));
    }
    return globals;
  }

  private static Value raise(Call call) {
    throw new Fault("The template refuses this chat: " + call.str(0));
  }

  private static Dict dict(Call call) {
    Arguments given = call.further();
    Dict.Builder dict = new Dict.Builder(call.meter());
    for (Value value : given.positional()) {
      if (value instanceof Dict other) {
        other.entries().forEach(entry -> dict.put(entry.key(), entry.value()));
      } else {
        Values.all(value, call.meter()).forEach(pair -> put(pair, dict, call));
      }
    }
    given.named().forEach((name, value) -> dict.put(Value.of(name), value));
    return dict.build();
  }

  private static void put(Value pair, Dict.Builder dict, Call call) {
    List<Value> parts = Values.all(pair, call.meter());
    if (parts.size() != 2) {
      throw new Fault(call.name() + " needs pairs, found " + parts.size() + " values");
    }
    dict.put(parts.get(0), parts.get(1));
  }

  private static Value range(Call call) {
    long first = bound(call, call.value(0));
    boolean one = call.values().get(1).isEmpty();
    long start = one ? 0 : first;
    long stop = one ? first : bound(call, call.value(1));
    long step = call.values().get(2).map(value -> bound(call, value)).orElse(1L);
    if (step == 0) {
      throw new Fault("range cannot have a step of zero");
    }
    Value.Range range = new Value.Range(start, stop, step);
    if (range.size() > LONGEST_RANGE) {
      throw new Fault("A range has at most " + LONGEST_RANGE + " numbers, found " + range.size());
    }
    return range;
  }

  private static long bound(Call call, Value value) {
    BigInteger most = BigInteger.ONE.shiftLeft(Long.SIZE - 3);
    return Numbers.whole(value)
        .orElseThrow(() -> call.wrong("whole numbers", value))
        .min(most)
        .max(most.negate())
        .longValueExact();
  }
}
