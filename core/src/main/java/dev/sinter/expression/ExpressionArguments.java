/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.util.List;

/** What a function is called with; its name and place are for messages. */
record ExpressionArguments(String name, List<Json> values, int at) {
  int count() {
    return values.size();
  }

  Json first() {
    return values.get(0);
  }

  Json second() {
    return values.get(1);
  }

  /** The first argument, which must be a number. */
  Json number() {
    return number(first());
  }

  double asDouble(Json value) {
    return PythonNumber.asDouble(number(value), at);
  }

  double above(Json value, double limit) {
    double number = asDouble(value);
    if (number <= limit) {
      throw wrong("a number above 0", value);
    }
    return number;
  }

  private Json number(Json value) {
    if (!PythonNumber.isNumber(value)) {
      throw wrong("a number", value);
    }
    return value;
  }

  Json finite(double value) {
    return PythonNumber.finite(value, name, at);
  }

  ExpressionException wrong(String needed, Json found) {
    return new ExpressionException(
        name + " needs " + needed + ", not " + PythonText.shown(found), at);
  }
}
