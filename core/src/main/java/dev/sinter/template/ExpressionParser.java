/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Expression.ArgumentList;
import dev.sinter.template.Expression.FilterCall;
import dev.sinter.template.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Expressions by recursive descent, a method for a rule, in Jinja's order of precedence, which is
 * nearly Python's: a power binds from the left, and ~ stands between sums and products.
 */
final class ExpressionParser {
  /** How deep brackets and signs may nest. */
  private static final int MAX_DEPTH = 100;

  private static final Map<String, Expression.Binary.Operator> SUMS =
      Map.of("+", Arithmetic::add, "-", Arithmetic::subtract);
  private static final Map<String, Expression.Binary.Operator> PRODUCTS =
      Map.of(
          "*", Arithmetic::multiply,
          "/", Arithmetic::divide,
          "//", Arithmetic::floorDivide,
          "%", Arithmetic::modulo);
  private static final Map<String, Expression.Binary.Operator> POWERS =
      Map.of("**", Arithmetic::power);
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

  private final TokenStream tokens;
  private final List<Fault> unknown = new ArrayList<>();
  private Set<String> reads = new HashSet<>();
  private int depth;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  static boolean isConstant(String name) {
    return CONSTANTS.containsKey(name);
  }

  /** Filters and tests that there are not; under a condition they may stand, unused. */
  List<Fault> unknown() {
    return unknown;
  }

  /** The names that are read from here on; what was noted so far is handed back. */
  Set<String> noteReads(Set<String> names) {
    Set<String> before = reads;
    reads = names;
    return before;
  }

  <T> T nested(Supplier<T> rule) {
    if (++depth > MAX_DEPTH) {
      throw new Fault(tokens.current().at(), "This nests deeper than " + MAX_DEPTH + " levels");
    }
    T parsed = rule.get();
    depth--;
    return parsed;
  }

  Expression expression() {
    return nested(this::conditional);
  }

  private Expression conditional() {
    int known = unknown.size();
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression test = or();
      Optional<Expression> otherwise =
          tokens.skipName("else") ? Optional.of(nested(this::conditional)) : Optional.empty();
      value = new Expression.Conditional(test, value, otherwise);
      unknown.subList(known, unknown.size()).clear();
    }
    return value;
  }

  /** An expression that ends before an if, which means something else there. */
  Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      left = new Expression.Logic(true, left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      left = new Expression.Logic(false, left, not());
    }
    return left;
  }

  private Expression not() {
    if (tokens.isName("not")) {
      int at = tokens.take().at();
      Expression operand = nested(this::not);
      return new Expression.Unary(value -> Value.of(!Values.isTrue(value)), operand, at);
    }
    return comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<Expression.Compare.Link> links = new ArrayList<>();
    for (Optional<Comparison.Operator> next = operator(); next.isPresent(); next = operator()) {
      int at = tokens.take().at();
      if (next.get() == Comparison.Operator.NOT_IN) {
        tokens.take();
      }
      links.add(new Expression.Compare.Link(next.get(), sum(), at));
    }
    return links.isEmpty() ? first : new Expression.Compare(first, links);
  }

  private Optional<Comparison.Operator> operator() {
    Token token = tokens.current();
    if (token.isName("not") && tokens.ahead().isName("in")) {
      return Optional.of(Comparison.Operator.NOT_IN);
    }
    return token.isName("in") || token.kind() == Kind.OPERATOR
        ? Comparison.Operator.of(token.text())
        : Optional.empty();
  }

  private Expression sum() {
    return binary(SUMS, this::concatenation);
  }

  private Expression concatenation() {
    int at = tokens.current().at();
    List<Expression> parts = new ArrayList<>(List.of(product()));
    while (tokens.skip("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.get(0) : new Expression.Concat(parts, at);
  }

  private Expression product() {
    return binary(PRODUCTS, () -> binary(POWERS, () -> unary(true)));
  }

  private Expression binary(
      Map<String, Expression.Binary.Operator> operators, Supplier<Expression> operand) {
    Expression left = operand.get();
    while (tokens.is(Kind.OPERATOR) && operators.containsKey(tokens.current().text())) {
      Token operator = tokens.take();
      left =
          new Expression.Binary(operators.get(operator.text()), left, operand.get(), operator.at());
    }
    return left;
  }

  /** A sign takes no filters with it: -1 | abs is the filter of -1. */
  private Expression unary(boolean filters) {
    Expression value;
    if (tokens.is("-") || tokens.is("+")) {
      Token sign = tokens.take();
      Expression operand = nested(() -> unary(false));
      value =
          new Expression.Unary(
              sign.is("-") ? Arithmetic::negate : Arithmetic::plus, operand, sign.at());
    } else {
      value = primary();
    }
    value = postfix(value);
    return filters ? filtered(value) : value;
  }

  private Expression primary() {
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
    reads.add(token.text());
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
          tokens.is(")") ? new Expression.TupleOf(List.of()) : tuple(this::expression);
      tokens.expect(")");
      return inside;
    }
    if (tokens.skip("[")) {
      return new Expression.ListOf(items("]", this::expression));
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
          keys.add(expression());
          tokens.expect(":");
          values.add(expression());
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

  /** One expression, or several with commas, which are a tuple. */
  Expression tuple(Supplier<Expression> item) {
    List<Expression> items = new ArrayList<>(List.of(item.get()));
    boolean several = false;
    while (tokens.skip(",")) {
      several = true;
      if (endsTuple()) {
        break;
      }
      items.add(item.get());
    }
    return several ? new Expression.TupleOf(items) : items.get(0);
  }

  private boolean endsTuple() {
    return tokens.is(Kind.VARIABLE_END) || tokens.is(Kind.BLOCK_END) || tokens.is(")");
  }

  private Expression postfix(Expression value) {
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
    Expression index = expression();
    if (tokens.is(":")) {
      return slice(owner, Optional.of(index), at);
    }
    if (tokens.is(",")) {
      List<Expression> several = new ArrayList<>(List.of(index));
      while (tokens.skip(",")) {
        several.add(expression());
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
    return tokens.is(":") || tokens.is("]") ? Optional.empty() : Optional.of(expression());
  }

  private Expression filtered(Expression value) {
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
      unknown.add(new Fault(name.at(), Filters.unknown(name.text())));
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
      unknown.add(new Fault(name.at(), Tests.unknown(name.text())));
    }
    Expression test = new Expression.Test(value, name.text(), testArguments(), name.at());
    return negated
        ? new Expression.Unary(result -> Value.of(!Values.isTrue(result)), test, at)
        : test;
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
    return new ArgumentsParser(tokens, this::expression).parse();
  }
}
