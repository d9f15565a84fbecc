/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;

/** A word of an expression: its spelling, where it begins, and for literals the value. */
record ExpressionToken(Kind kind, String text, int at, Json value) {
  enum Kind {
    LITERAL,
    WORD,
    SYMBOL,
    END
  }

  /** Whether it is that operator, bracket or keyword; a text in quotes never is. */
  boolean is(String wanted) {
    return (kind == Kind.SYMBOL || kind == Kind.WORD) && text.equals(wanted);
  }

  int end() {
    return at + text.length();
  }

  /** How messages name it. */
  String found() {
    return kind == Kind.END ? "the end" : text;
  }
}
