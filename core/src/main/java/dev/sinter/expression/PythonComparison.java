/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.util.List;

/** Truth, equality and order as Python has them. */
final class PythonComparison {
  private PythonComparison() {}

  /** Nothing, zero and what is empty are false. */
  static boolean isTrue(Json value) {
    if (value instanceof Json.Bool bool) {
      return bool.value();
    }
    if (value instanceof Json.Num number) {
      return number.asDouble() != 0;
    }
    if (value instanceof Json.Str string) {
      return !string.value().isEmpty();
    }
    if (value instanceof Json.Arr array) {
      return !array.items().isEmpty();
    }
    return value instanceof Json.Obj object && !object.members().isEmpty();
  }

  static boolean equal(Json left, Json right, int at) {
    if (PythonNumber.isNumber(left) && PythonNumber.isNumber(right)) {
      return numbers(left, right, at) == 0;
    }
    if (left instanceof Json.Arr one && right instanceof Json.Arr other) {
      return equal(one.items(), other.items(), at);
    }
    if (left instanceof Json.Obj one && right instanceof Json.Obj other) {
      return one.members().keySet().equals(other.members().keySet())
          && one.members().entrySet().stream()
              .allMatch(e -> equal(e.getValue(), other.members().get(e.getKey()), at));
    }
    return left.equals(right);
  }

  private static boolean equal(List<Json> left, List<Json> right, int at) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i), at)) {
        return false;
      }
    }
    return true;
  }

  /** The order of two numbers or two texts; whatever asks names itself for the message. */
  static int compare(String what, Json left, Json right, int at) {
    if (PythonNumber.isNumber(left) && PythonNumber.isNumber(right)) {
      return numbers(left, right, at);
    }
    if (left instanceof Json.Str one && right instanceof Json.Str other) {
      return JsonWriter.CODE_POINT_ORDER.compare(one.value(), other.value());
    }
    throw ExpressionOperators.wrongTypes(what, "two numbers or two texts", left, right, at);
  }

  /** Exactly: a whole number may lie between two doubles. */
  private static int numbers(Json left, Json right, int at) {
    return PythonNumber.exact(left, at).compareTo(PythonNumber.exact(right, at));
  }
}
