/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Value.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A macro as it is written: a function that sees what is around it. What a call gives beyond the
 * parameters has names of its own, and is wanted if the body reads them.
 */
record MacroDefinition(String name, List<Parameter> parameters, List<Statement> body, Scope scope) {
  private static final String CALLER = "caller";
  private static final String NAMED = "kwargs";
  private static final String POSITIONAL = "varargs";

  /** A parameter, and the value that it has if none is given. */
  record Parameter(String name, Optional<Expression> usual) {}

  /** The macro as a value, made where it is defined. */
  Value function(Run run) {
    Frame around = run.frame();
    return new Value.Function(name, arguments -> call(arguments, around, run));
  }

  private Value call(Arguments given, Frame around, Run run) {
    Frame inside = scope.frame(around);
    Map<String, Value> named = new LinkedHashMap<>(given.named());
    int positional = Math.min(given.positional().size(), parameters.size());
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Optional<Value> value =
          i < positional
              ? Optional.of(given.positional().get(i))
              : Optional.ofNullable(named.remove(parameter.name()));
      inside.set(parameter.name(), value.orElseGet(() -> usual(parameter, inside, run)));
    }
    setCaller(named, inside);
    setFurther(named, given.positional(), inside);
    run.meter().enterMacro();
    String text = run.captured(body, inside);
    run.meter().leaveMacro();
    return Value.of(text);
  }

  private Value usual(Parameter parameter, Frame inside, Run run) {
    return parameter
        .usual()
        .map(expression -> run.value(expression, inside))
        .orElseGet(
            () ->
                Undefined.because(
                    "The parameter " + parameter.name() + " of " + name + " was not given"));
  }

  private void setCaller(Map<String, Value> named, Frame inside) {
    if (takes(CALLER)) {
      Value caller = named.remove(CALLER);
      inside.set(
          CALLER, caller == null ? Undefined.because(name + " was called without a body") : caller);
    }
  }

  private void setFurther(Map<String, Value> named, List<Value> positional, Frame inside) {
    if (takes(NAMED)) {
      inside.set(NAMED, Dict.of(named));
    } else if (!named.isEmpty()) {
      throw new Fault(
          name
              + " takes no argument "
              + named.keySet().iterator().next()
              + "; it takes "
              + names());
    }
    if (takes(POSITIONAL)) {
      int own = Math.min(parameters.size(), positional.size());
      inside.set(
          POSITIONAL, new Value.Tuple(new ArrayList<>(positional.subList(own, positional.size()))));
    } else if (positional.size() > parameters.size()) {
      throw new Fault(
          name + " takes " + parameters.size() + " arguments, found " + positional.size());
    }
  }

  private boolean takes(String special) {
    return scope.reads(special)
        && parameters.stream().noneMatch(parameter -> parameter.name().equals(special));
  }

  private List<String> names() {
    return parameters.stream().map(Parameter::name).toList();
  }
}
