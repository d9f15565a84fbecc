/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Expression.ArgumentList;
import dev.sinter.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What stands in the parentheses of one call. */
final class ArgumentsParser {
  private final TokenStream tokens;
  private final Supplier<Expression> expression;
  private final List<Expression> positional = new ArrayList<>();
  private final Map<String, Expression> named = new LinkedHashMap<>();
  private Optional<Expression> list = Optional.empty();
  private Optional<Expression> dict = Optional.empty();

  ArgumentsParser(TokenStream tokens, Supplier<Expression> expression) {
    this.tokens = tokens;
    this.expression = expression;
  }

  ArgumentList parse() {
    tokens.expect("(");
    while (!tokens.is(")")) {
      argument();
      if (!tokens.is(")")) {
        tokens.expect(",");
      }
    }
    tokens.take();
    return new ArgumentList(positional, named, list, dict);
  }

  private void argument() {
    boolean name = tokens.is(Kind.NAME) && tokens.ahead().is("=");
    check(dict.isEmpty());
    if (tokens.is("*")) {
      check(list.isEmpty());
      tokens.take();
      list = Optional.of(expression.get());
    } else if (tokens.skip("**")) {
      dict = Optional.of(expression.get());
    } else if (name) {
      Token key = tokens.take();
      tokens.take();
      if (named.put(key.text(), expression.get()) != null) {
        throw new Fault(key.at(), "The argument " + key.text() + " is given twice");
      }
    } else {
      check(list.isEmpty() && named.isEmpty());
      positional.add(expression.get());
    }
  }

  private void check(boolean inOrder) {
    if (!inOrder) {
      throw new Fault(
          tokens.current().at(),
          "Arguments come in the order: values, names with =, then * and ** of more");
    }
  }
}
