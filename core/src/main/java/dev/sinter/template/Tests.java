/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import dev.sinter.problem.Nearest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** What can stand behind is. */
final class Tests {
  private static final Map<String, Builtin> ALL = new LinkedHashMap<>();

  static {
    asked("defined", value -> !(value instanceof Undefined));
    asked("undefined", value -> value instanceof Undefined);
    asked("none", value -> value instanceof Value.None);
    asked("boolean", value -> value instanceof Value.Bool);
    asked("true", value -> value.equals(Value.TRUE));
    asked("false", value -> value.equals(Value.FALSE));
    asked("integer", value -> value instanceof Value.Int);
    asked("float", value -> value instanceof Value.Real);
    asked("number", Numbers::isNumber);
    asked("string", value -> Values.text(value).isPresent());
    asked("mapping", value -> value instanceof Dict);
    asked("sequence", Tests::isSequence);
    asked("iterable", Values::isIterable);
    asked("callable", value -> value instanceof Value.Function);
    asked("escaped", value -> value instanceof Value.Safe);
    add(of("lower(value)", call -> inCase(call, Letters::isLower)));
    add(of("upper(value)", call -> inCase(call, Letters::isUpper)));
    add(of("odd(value)", call -> remains(call, Value.of(2), 1)));
    add(of("even(value)", call -> remains(call, Value.of(2), 0)));
    add(of("divisibleby(value, num)", call -> remains(call, call.value(1), 0)));
    add(of("sameas(value, other)", Tests::same));
    add(of("filter(value)", call -> Value.of(Filters.exists(call.text(0)))));
    add(of("test(value)", call -> Value.of(exists(call.text(0)))));
    compared(Comparison.Operator.EQUAL, "==", "eq", "equalto");
    compared(Comparison.Operator.UNEQUAL, "!=", "ne");
    compared(Comparison.Operator.LESS, "<", "lt", "lessthan");
    compared(Comparison.Operator.AT_MOST, "<=", "le");
    compared(Comparison.Operator.MORE, ">", "gt", "greaterthan");
    compared(Comparison.Operator.AT_LEAST, ">=", "ge");
    compared(Comparison.Operator.IN, "in");
  }

  private Tests() {}

  private static void add(Builtin test) {
    ALL.put(test.name(), test);
  }

  private static void asked(String name, Predicate<Value> test) {
    add(of(name + "(value)", call -> Value.of(test.test(call.value(0)))));
  }

  private static void compared(Comparison.Operator operator, String... names) {
    for (String name : names) {
      add(
          of(
              name + "(value, other)",
              call -> Value.of(operator.holds(call.value(0), call.value(1), call.meter()))));
    }
  }

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }

  static Builtin named(String name) {
    return Optional.ofNullable(ALL.get(name)).orElseThrow(() -> new Fault(unknown(name)));
  }

  /** What to say of a test that there is not. */
  static String unknown(String name) {
    return "There is no test named " + name + "." + Nearest.hint(name, ALL.keySet());
  }

  private static boolean isSequence(Value value) {
    boolean views = value instanceof Value.View || value instanceof LoopState;
    return Values.hasLength(value) && !views;
  }

  private static Value inCase(Call call, IntPredicate wanted) {
    String text = call.str(0);
    call.meter().scan(text);
    return Value.of(Letters.hasCase(text, wanted));
  }

  private static Value remains(Call call, Value divisor, long wanted) {
    Value remainder = Arithmetic.modulo(call.value(0), divisor, call.meter());
    return Value.of(Comparison.equal(remainder, Value.of(wanted), call.meter()));
  }

  /** One value and not two alike: for those that there is one of, what Python's is means. */
  private static Value same(Call call) {
    Value value = call.value(0);
    boolean single =
        Set.of(Value.None.class, Value.Bool.class, Value.Int.class, Value.Text.class)
            .contains(value.getClass());
    return Value.of(value == call.value(1) || (single && value.equals(call.value(1))));
  }
}
