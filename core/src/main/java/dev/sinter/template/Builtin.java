/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.problem.Nearest;
import dev.sinter.template.Value.Arguments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A filter, test, method or function that is built in.
 *
 * @param parameters their names; those that need not be given end with =
 * @param further whether it takes more values and names than its parameters
 */
record Builtin(String name, List<String> parameters, boolean further, Body body) {
  private static final String REST = "*";

  /** What it does. */
  interface Body {
    Value apply(Call call);
  }

  /**
   * One by its signature, as {@code "indent(s, width=, first=)"}; a * at the end stands for any
   * further arguments.
   */
  static Builtin of(String signature, Body body) {
    int open = signature.indexOf('(');
    String inside = signature.substring(open + 1, signature.length() - 1);
    List<String> all = new ArrayList<>(List.of(inside.split(", ", -1)));
    boolean further = all.remove(REST);
    all.remove("");
    return new Builtin(signature.substring(0, open), List.copyOf(all), further, body);
  }

  static Map<String, Builtin> table(Builtin... builtins) {
    return Collections.unmodifiableMap(
        Stream.of(builtins)
            .collect(
                Collectors.toMap(
                    Builtin::name, builtin -> builtin, (a, b) -> a, LinkedHashMap::new)));
  }

  static Value call(Builtin builtin, Arguments given, Meter meter) {
    return builtin.body.apply(builtin.bind(given, meter));
  }

  private Call bind(Arguments given, Meter meter) {
    List<Value> positional = given.positional();
    if (positional.size() > parameters.size() && !further) {
      throw wrong("takes " + parameters.size() + " arguments, found " + positional.size());
    }
    Map<String, Value> named = new LinkedHashMap<>(given.named());
    List<Optional<Value>> values = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      String parameter = parameters.get(i).replace("=", "");
      Optional<Value> byName = Optional.ofNullable(named.remove(parameter));
      if (i < positional.size() && byName.isPresent()) {
        throw wrong("is given " + parameter + " twice");
      }
      Optional<Value> value = i < positional.size() ? Optional.of(positional.get(i)) : byName;
      if (value.isEmpty() && parameter.equals(parameters.get(i))) {
        throw wrong("needs " + parameter);
      }
      values.add(value);
    }
    if (!named.isEmpty() && !further) {
      throw unknown(named.keySet().iterator().next());
    }
    List<Value> rest =
        positional.subList(Math.min(values.size(), positional.size()), positional.size());
    return new Call(name, values, new Arguments(rest, named), meter);
  }

  private Fault unknown(String argument) {
    List<String> names = parameters.stream().map(parameter -> parameter.replace("=", "")).toList();
    return wrong("has no argument " + argument + "." + Nearest.hint(argument, names));
  }

  private Fault wrong(String what) {
    return new Fault(name + " " + what);
  }
}
