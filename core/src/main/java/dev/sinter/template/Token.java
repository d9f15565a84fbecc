/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

/**
 * A piece of a template.
 *
 * @param text of a name, operator or number as it stands; of data and strings what they mean
 * @param at where it begins
 */
record Token(Kind kind, String text, int at) {

  /** What a piece is. */
  enum Kind {
    DATA("text"),
    VARIABLE_BEGIN("{{"),
    VARIABLE_END("}}"),
    BLOCK_BEGIN("{%"),
    BLOCK_END("%}"),
    NAME("a name"),
    STRING("a string"),
    INTEGER("a number"),
    FLOAT("a number"),
    OPERATOR("an operator"),
    END("the end of the template");

    private final String shown;

    Kind(String shown) {
      this.shown = shown;
    }

    String shown() {
      return shown;
    }
  }

  boolean is(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  /** For messages. */
  String found() {
    return switch (kind) {
      case NAME, OPERATOR, INTEGER, FLOAT -> text;
      case STRING -> "the string '" + text + "'";
      default -> kind.shown();
    };
  }
}
