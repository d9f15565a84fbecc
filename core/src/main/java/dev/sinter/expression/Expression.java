/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What stands in a recipe's eval(...): arithmetic as Python means it. Whole numbers have 64 bits,
 * and a result that does not fit, or is not finite, is an error. Nothing here can hang: the text is
 * short, its nesting bounded, and no operator repeats.
 */
final class Expression {
  static final int MAX_LENGTH = 1000;

  private final ExpressionNode root;
  private final Set<String> names;

  private Expression(ExpressionNode root, Set<String> names) {
    this.root = root;
    this.names = Set.copyOf(names);
  }

  static Expression parse(String text) {
    return parse(text, 0);
  }

  /** As {@link #parse(String)}, for an expression that stands at an offset of a longer text. */
  static Expression parse(String text, int base) {
    if (text.length() > MAX_LENGTH) {
      throw new ExpressionException(
          "The expression has " + text.length() + " characters; at most 1000 are read", base);
    }
    ExpressionParser parser = new ExpressionParser(ExpressionTokens.of(text, base));
    ExpressionNode root = parser.parse();
    return new Expression(root, parser.names());
  }

  /** The names it reads, whether a value needs them or not; without functions and constants. */
  Set<String> names() {
    return names;
  }

  Json value(Function<String, Optional<Json>> given) {
    return value(given, Set.of());
  }

  /** As {@link #value(Function)}, with the names that there are, for messages alone. */
  Json value(Function<String, Optional<Json>> given, Collection<String> known) {
    return root.value(new ExpressionNames(given, known));
  }
}
