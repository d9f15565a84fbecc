/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Expressions by recursive descent, a method for a rule, in Jinja's order of precedence, which is
 * nearly Python's: a power binds from the left, and ~ stands between sums and products.
 */
final class ExpressionParser {
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

  private final Reading reading;
  private final TokenStream tokens;
  private final OperandParser operands;

  ExpressionParser(Reading reading) {
    this.reading = reading;
    this.tokens = reading.tokens();
    this.operands = new OperandParser(reading, this);
  }

  OperandParser operands() {
    return operands;
  }

  Expression expression() {
    return reading.nested(this::conditional);
  }

  private Expression conditional() {
    int known = reading.unknown().size();
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression test = or();
      Optional<Expression> otherwise =
          tokens.skipName("else")
              ? Optional.of(reading.nested(this::conditional))
              : Optional.empty();
      value = new Expression.Conditional(test, value, otherwise);
      reading.forgive(known);
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
      Expression operand = reading.nested(this::not);
      return new Expression.Unary(Values::not, operand, at);
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
      Expression operand = reading.nested(() -> unary(false));
      value =
          new Expression.Unary(
              sign.is("-") ? Arithmetic::negate : Arithmetic::plus, operand, sign.at());
    } else {
      value = operands.primary();
    }
    value = operands.postfix(value);
    return filters ? operands.filtered(value) : value;
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
}
