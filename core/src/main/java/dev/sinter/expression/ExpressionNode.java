/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.List;

/** A part of an expression; what is not needed for the value is not asked, as in Python. */
sealed interface ExpressionNode {
  Json value(ExpressionNames names);

  record Literal(Json value) implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return value;
    }
  }

  record Name(String name, int at) implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return names.value(name, at);
    }
  }

  record Items(List<ExpressionNode> items) implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return new Json.Arr(values(items, names));
    }
  }

  record Sign(String operator, int at, ExpressionNode operand) implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return ExpressionOperators.sign(operator, operand.value(names), at);
    }
  }

  record Binary(String operator, int at, ExpressionNode left, ExpressionNode right)
      implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return ExpressionOperators.apply(operator, left.value(names), right.value(names), at);
    }
  }

  record And(ExpressionNode left, ExpressionNode right) implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      Json first = left.value(names);
      return PythonComparison.isTrue(first) ? right.value(names) : first;
    }
  }

  record Or(ExpressionNode left, ExpressionNode right) implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      Json first = left.value(names);
      return PythonComparison.isTrue(first) ? first : right.value(names);
    }
  }

  record Not(ExpressionNode operand) implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return new Json.Bool(!PythonComparison.isTrue(operand.value(names)));
    }
  }

  record Conditional(ExpressionNode condition, ExpressionNode then, ExpressionNode otherwise)
      implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return (PythonComparison.isTrue(condition.value(names)) ? then : otherwise).value(names);
    }
  }

  record Call(
      String name, int at, ExpressionFunctions.Entry function, List<ExpressionNode> arguments)
      implements ExpressionNode {
    @Override
    public Json value(ExpressionNames names) {
      return function.body().apply(new ExpressionArguments(name, values(arguments, names), at));
    }
  }

  private static List<Json> values(List<ExpressionNode> nodes, ExpressionNames names) {
    List<Json> values = new ArrayList<>();
    nodes.forEach(node -> values.add(node.value(names)));
    return values;
  }
}
