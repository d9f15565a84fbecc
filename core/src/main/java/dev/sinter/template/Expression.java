/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A part of a template that has a value. The offsets say where, for messages. */
sealed interface Expression {

  /** The value; {@link Run#value} counts it. */
  Value evaluate(Run run);

  /** What stands for itself. */
  record Literal(Value value) implements Expression {
    @Override
    public Value evaluate(Run run) {
      return value;
    }
  }

  /** A name. */
  record Name(String name, int at) implements Expression {
    @Override
    public Value evaluate(Run run) {
      Optional<Value> found = run.frame().find(name);
      if (found.isEmpty() && Globals.REFUSED.contains(name)) {
        run.at(at);
        throw new Fault("Templates here have no " + name);
      }
      return found.orElseGet(() -> Undefined.name(name));
    }
  }

  /** A list. */
  record ListOf(List<Expression> items) implements Expression {
    @Override
    public Value evaluate(Run run) {
      return new Value.Items(values(items, run));
    }
  }

  /** A tuple. */
  record TupleOf(List<Expression> items) implements Expression {
    @Override
    public Value evaluate(Run run) {
      return new Value.Tuple(values(items, run));
    }
  }

  /** A dict. */
  record DictOf(List<Expression> keys, List<Expression> values, int at) implements Expression {
    @Override
    public Value evaluate(Run run) {
      Dict.Builder dict = new Dict.Builder(run.meter());
      for (int i = 0; i < keys.size(); i++) {
        Value key = run.value(keys.get(i));
        Value value = run.value(values.get(i));
        run.at(at);
        dict.put(key, value);
      }
      return dict.build();
    }
  }

  /** An attribute, or an item if there is no attribute of that name. */
  record Attribute(Expression target, String name, int at) implements Expression {
    @Override
    public Value evaluate(Run run) {
      Value owner = run.value(target);
      run.at(at);
      return Members.attribute(owner, name, run.meter());
    }
  }

  /** An item, or an attribute if there is no item of that name. */
  record Item(Expression target, Expression index, int at) implements Expression {
    @Override
    public Value evaluate(Run run) {
      Value owner = run.value(target);
      Value key = run.value(index);
      run.at(at);
      return Members.item(owner, key, run.meter());
    }
  }

  /** From a start to before a stop. */
  record Slice(
      Expression target,
      Optional<Expression> start,
      Optional<Expression> stop,
      Optional<Expression> step,
      int at)
      implements Expression {
    @Override
    public Value evaluate(Run run) {
      Value owner = run.value(target);
      Slices slice = new Slices(run.value(start), run.value(stop), run.value(step));
      run.at(at);
      return slice.of(owner, run.meter());
    }
  }

  /** A call. */
  record Call(Expression target, ArgumentList arguments, int at) implements Expression {
    @Override
    public Value evaluate(Run run) {
      return call(run, Map.of());
    }

    /** The call with further named arguments. */
    Value call(Run run, Map<String, Value> more) {
      Value function = run.value(target);
      Value.Arguments given = arguments.values(run, List.of(), more);
      run.at(at);
      return Values.call(function, given);
    }
  }

  /** A filter on a value. */
  record Filtered(Expression target, FilterCall filter) implements Expression {
    @Override
    public Value evaluate(Run run) {
      return filter.apply(run.value(target), run);
    }
  }

  /** A test of a value. */
  record Test(Expression target, String name, ArgumentList arguments, int at)
      implements Expression {
    @Override
    public Value evaluate(Run run) {
      Value.Arguments given = arguments.values(run, List.of(run.value(target)), Map.of());
      run.at(at);
      return Builtin.call(Tests.named(name), given, run.meter());
    }
  }

  /** An operator before its operand. */
  record Unary(UnaryOperator<Value> operator, Expression operand, int at) implements Expression {
    @Override
    public Value evaluate(Run run) {
      Value value = run.value(operand);
      run.at(at);
      return operator.apply(value);
    }
  }

  /** An operator between two operands. */
  record Binary(Operator operator, Expression left, Expression right, int at)
      implements Expression {

    /** What it does. */
    interface Operator {
      Value apply(Value left, Value right, Meter meter);
    }

    @Override
    public Value evaluate(Run run) {
      Value first = run.value(left);
      Value second = run.value(right);
      run.at(at);
      return operator.apply(first, second, run.meter());
    }
  }

  /** The first operand if it decides, else the second. */
  record Logic(boolean decides, Expression left, Expression right) implements Expression {
    @Override
    public Value evaluate(Run run) {
      Value first = run.value(left);
      return Values.isTrue(first) == decides ? first : run.value(right);
    }
  }

  /** Comparisons in a chain, as far as they hold. */
  record Compare(Expression first, List<Link> links) implements Expression {

    /** An operator and what it compares with. */
    record Link(Comparison.Operator operator, Expression operand, int at) {}

    @Override
    public Value evaluate(Run run) {
      Value left = run.value(first);
      for (Link link : links) {
        Value right = run.value(link.operand());
        run.at(link.at());
        if (!link.operator().holds(left, right, run.meter())) {
          return Value.FALSE;
        }
        left = right;
      }
      return Value.TRUE;
    }
  }

  /** Texts of values, joined. */
  record Concat(List<Expression> parts, int at) implements Expression {
    @Override
    public Value evaluate(Run run) {
      TextBuilder text = new TextBuilder(run.meter());
      for (Expression part : parts) {
        Value value = run.value(part);
        run.at(at);
        text.append(Printing.str(value, run.meter()));
      }
      return Value.of(text.toString());
    }
  }

  /** One value or another. */
  record Conditional(Expression test, Expression then, Optional<Expression> otherwise)
      implements Expression {
    @Override
    public Value evaluate(Run run) {
      if (run.isTrue(test)) {
        return run.value(then);
      }
      return run.value(otherwise)
          .orElseGet(
              () -> Undefined.because("The condition does not hold, and there is no else for it"));
    }
  }

  /** A filter by name, with what it is given besides the value. */
  record FilterCall(String name, ArgumentList arguments, int at) {
    Value apply(Value value, Run run) {
      Value.Arguments given = arguments.values(run, List.of(value), Map.of());
      run.at(at);
      return Builtin.call(Filters.named(name), given, run.meter());
    }
  }

  /** What stands in the parentheses of a call: values, named values, lists and dicts of them. */
  record ArgumentList(
      List<Expression> positional,
      Map<String, Expression> named,
      Optional<Expression> list,
      Optional<Expression> dict) {
    static final ArgumentList NONE =
        new ArgumentList(List.of(), Map.of(), Optional.empty(), Optional.empty());

    Value.Arguments values(Run run, List<Value> first, Map<String, Value> more) {
      List<Value> all = new ArrayList<>(first);
      positional.forEach(argument -> all.add(run.value(argument)));
      run.value(list)
          .ifPresent(items -> Values.iterator(items, run.meter()).forEachRemaining(all::add));
      Map<String, Value> byName = new LinkedHashMap<>();
      named.forEach((name, argument) -> byName.put(name, run.value(argument)));
      run.value(dict).ifPresent(items -> byName.putAll(Values.named(items)));
      byName.putAll(more);
      return new Value.Arguments(all, byName);
    }
  }

  private static List<Value> values(List<Expression> expressions, Run run) {
    List<Value> values = new ArrayList<>(expressions.size());
    expressions.forEach(expression -> values.add(run.value(expression)));
    return values;
  }
}
