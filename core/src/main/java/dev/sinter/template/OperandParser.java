/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Expression.ArgumentList;
import dev.sinter.template.Expression.FilterCall;
import dev.sinter.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What operators stand between: names, literals, brackets, and what follows them. */
final class OperandParser {
  private static final Map<String, Value> CONSTANTS =
      Map.of(
          "true",
          Value.TRUE,
          "True",
          Value.TRUE,
          "false",
          Value.FALSE,
          "False",
          Value.FALSE,
          "none",
          Value.NONE,
          "None",
          Value.NONE);

  private final Reading reading;
  private final TokenStream tokens;
  private final ExpressionParser expressions;

  OperandParser(Reading reading, ExpressionParser expressions) {
    this.reading = reading;
    this.tokens = reading.tokens();
    this.expressions = expressions;
  }

  static boolean isConstant(String name) {
    return CONSTANTS.containsKey(name);
  }

  Expression primary() {
    Token token = tokens.current();
    switch (token.kind()) {
      case NAME -> {
        tokens.take();
        return name(token);
      }
      case STRING -> {
        StringBuilder text = new StringBuilder();
        while (tokens.is(Kind.STRING)) {
          text.append(tokens.take().text());
        }
        return new Expression.Literal(Value.of(text.toString()));
      }
      case INTEGER, FLOAT -> {
        tokens.take();
        return new Expression.Literal(number(token));
      }
      default -> {
        return bracketed();
      }
    }
  }

  private Expression name(Token token) {
    if (isConstant(token.text())) {
      return new Expression.Literal(CONSTANTS.get(token.text()));
    }
    reading.scope().read(token.text());
    return new Expression.Name(token.text(), token.at());
  }

  private static Value number(Token token) {
    String digits = token.text();
    return token.kind() == Kind.FLOAT
        ? new Value.Real(Numbers.parseFloat(digits).orElseThrow())
        : Numbers.parse(digits, 0)
            .map(Numbers::of)
            .orElseThrow(() -> new Fault(token.at(), "This number cannot be read"));
  }

  private Expression bracketed() {
    if (tokens.skip("(")) {
      Expression inside =
          tokens.is(")")
              ? new Expression.TupleOf(List.of())
              : expressions.tuple(expressions::expression);
      tokens.expect(")");
      return inside;
    }
    if (tokens.skip("[")) {
      return new Expression.ListOf(items("]", expressions::expression));
    }
    if (tokens.is("{")) {
      return dict();
    }
    throw tokens.wrong("a value");
  }

  private Expression dict() {
    int at = tokens.take().at();
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    items(
        "}",
        () -> {
          keys.add(expressions.expression());
          tokens.expect(":");
          values.add(expressions.expression());
          return values;
        });
    return new Expression.DictOf(keys, values, at);
  }

  /** What stands between commas, up to a bracket that is taken; a last comma may follow. */
  private <T> List<T> items(String end, Supplier<T> item) {
    List<T> items = new ArrayList<>();
    while (!tokens.is(end)) {
      items.add(item.get());
      if (!tokens.is(end)) {
        tokens.expect(",");
      }
    }
    tokens.take();
    return items;
  }

  Expression postfix(Expression value) {
    Expression result = value;
    while (true) {
      if (tokens.is(".")) {
        result = member(result);
      } else if (tokens.is("[")) {
        result = item(result);
      } else if (tokens.is("(")) {
        int at = tokens.current().at();
        result = new Expression.Call(result, arguments(), at);
      } else {
        return result;
      }
    }
  }

  private Expression member(Expression owner) {
    tokens.take();
    Token name = tokens.current();
    if (tokens.is(Kind.INTEGER)) {
      tokens.take();
      return new Expression.Item(owner, new Expression.Literal(number(name)), name.at());
    }
    return new Expression.Attribute(owner, tokens.expect(Kind.NAME).text(), name.at());
  }

  private Expression item(Expression owner) {
    int at = tokens.take().at();
    if (tokens.is(":")) {
      return slice(owner, Optional.empty(), at);
    }
    Expression index = expressions.expression();
    if (tokens.is(":")) {
      return slice(owner, Optional.of(index), at);
    }
    if (tokens.is(",")) {
      List<Expression> several = new ArrayList<>(List.of(index));
      while (tokens.skip(",")) {
        several.add(expressions.expression());
      }
      index = new Expression.TupleOf(several);
    }
    tokens.expect("]");
    return new Expression.Item(owner, index, at);
  }

  private Expression slice(Expression owner, Optional<Expression> start, int at) {
    tokens.take();
    Optional<Expression> stop = bound();
    Optional<Expression> step = tokens.skip(":") ? bound() : Optional.empty();
    tokens.expect("]");
    return new Expression.Slice(owner, start, stop, step, at);
  }

  private Optional<Expression> bound() {
    return tokens.is(":") || tokens.is("]")
        ? Optional.empty()
        : Optional.of(expressions.expression());
  }

  Expression filtered(Expression value) {
    Expression result = value;
    while (true) {
      if (tokens.skip("|")) {
        result = new Expression.Filtered(result, filter());
      } else if (tokens.isName("is")) {
        result = test(result);
      } else if (tokens.is("(")) {
        int at = tokens.current().at();
        result = new Expression.Call(result, arguments(), at);
      } else {
        return result;
      }
    }
  }

  /** A filter behind its |. */
  FilterCall filter() {
    Token name = tokens.expect(Kind.NAME);
    if (!Filters.exists(name.text())) {
      reading.unknown().add(new Fault(name.at(), Filters.unknown(name.text())));
    }
    return new FilterCall(name.text(), tokens.is("(") ? arguments() : ArgumentList.NONE, name.at());
  }

  /** Filters one behind the other, each with its |. */
  List<FilterCall> filters() {
    List<FilterCall> filters = new ArrayList<>();
    while (tokens.skip("|")) {
      filters.add(filter());
    }
    return filters;
  }

  private Expression test(Expression value) {
    int at = tokens.take().at();
    boolean negated = tokens.skipName("not");
    Token name = tokens.expect(Kind.NAME);
    if (!Tests.exists(name.text())) {
      reading.unknown().add(new Fault(name.at(), Tests.unknown(name.text())));
    }
    Expression test = new Expression.Test(value, name.text(), testArguments(), name.at());
    return negated ? new Expression.Unary(Values::not, test, at) : test;
  }

  /** A test takes one value without parentheses, too. */
  private ArgumentList testArguments() {
    if (tokens.is("(")) {
      return arguments();
    }
    boolean value =
        switch (tokens.current().kind()) {
          case NAME, STRING, INTEGER, FLOAT -> true;
          default -> tokens.is("[") || tokens.is("{");
        };
    boolean word = tokens.isName("else") || tokens.isName("or") || tokens.isName("and");
    if (!value || word) {
      return ArgumentList.NONE;
    }
    if (tokens.isName("is")) {
      throw new Fault(tokens.current().at(), "A test cannot be tested; write and between them");
    }
    Expression argument = postfix(primary());
    return new ArgumentList(List.of(argument), Map.of(), Optional.empty(), Optional.empty());
  }

  private ArgumentList arguments() {
    return new ArgumentsParser(tokens, expressions::expression).parse();
  }
}
