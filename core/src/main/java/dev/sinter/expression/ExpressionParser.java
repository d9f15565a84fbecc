/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Recursive descent, a method for a rule, in Python's order of precedence:
 *
 * <pre>
 * expression = or [ "if" or "else" expression ]
 * or         = and { "or" and }
 * and        = not { "and" not }
 * not        = "not" not | comparison
 * comparison = sum [ ("==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") sum ]
 * sum        = product { ("+" | "-") product }
 * product    = unary { ("*" | "/" | "//" | "%") unary }
 * unary      = ("+" | "-") unary | primary [ "**" unary ]
 * primary    = NUMBER | TEXT | NAME | FUNCTION "(" list ")" | "(" expression ")" | "[" list "]"
 * </pre>
 */
final class ExpressionParser {
  private static final int MAX_DEPTH = 50;

  private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> KEYWORDS = Set.of("if", "else", "and", "or", "not");
  private static final Map<String, Json> VALUES =
      Map.of("True", new Json.Bool(true), "False", new Json.Bool(false), "None", new Json.Null());

  private final List<ExpressionToken> tokens;
  private final Set<String> names = new HashSet<>();
  private int next;
  private int depth;

  ExpressionParser(List<ExpressionToken> tokens) {
    this.tokens = tokens;
  }

  Set<String> names() {
    return names;
  }

  ExpressionNode parse() {
    if (peek().kind() == ExpressionToken.Kind.END) {
      throw error("The expression is empty; write for example eval(2 * n)");
    }
    ExpressionNode root = expression();
    if (peek().kind() != ExpressionToken.Kind.END) {
      throw error(
          peek().is(")")
              ? "There is one ) too many"
              : "The expression ends before " + peek().text() + "; an operator may be missing");
    }
    return root;
  }

  private ExpressionNode expression() {
    ExpressionNode value = or();
    if (!peek().is("if")) {
      return value;
    }
    take();
    ExpressionNode condition = or();
    if (!peek().is("else")) {
      throw error("Found " + peek().found() + " where else is due; write a if c else b");
    }
    take();
    return new ExpressionNode.Conditional(condition, value, nested(this::expression));
  }

  private ExpressionNode or() {
    ExpressionNode left = and();
    while (peek().is("or")) {
      take();
      left = new ExpressionNode.Or(left, and());
    }
    return left;
  }

  private ExpressionNode and() {
    ExpressionNode left = not();
    while (peek().is("and")) {
      take();
      left = new ExpressionNode.And(left, not());
    }
    return left;
  }

  private ExpressionNode not() {
    if (peek().is("not")) {
      take();
      return new ExpressionNode.Not(nested(this::not));
    }
    return comparison();
  }

  /** One comparison alone: Python's a &lt; b &lt; c means two. */
  private ExpressionNode comparison() {
    return operators(COMPARISONS, this::sum);
  }

  private ExpressionNode sum() {
    return operators(List.of("+", "-"), this::product);
  }

  private ExpressionNode product() {
    return operators(List.of("*", "/", "//", "%"), this::unary);
  }

  private ExpressionNode operators(List<String> operators, Supplier<ExpressionNode> operand) {
    ExpressionNode left = operand.get();
    for (int count = 0; operators.stream().anyMatch(peek()::is); count++) {
      if (count > 0 && operators.equals(COMPARISONS)) {
        throw error("Comparisons do not chain in eval; write a < b and b < c");
      }
      ExpressionToken operator = take();
      left = new ExpressionNode.Binary(operator.text(), operator.at(), left, operand.get());
    }
    return left;
  }

  private ExpressionNode unary() {
    if (peek().is("-") || peek().is("+")) {
      ExpressionToken sign = take();
      return new ExpressionNode.Sign(sign.text(), sign.at(), nested(this::unary));
    }
    ExpressionNode base = primary();
    refuseTrailers();
    if (peek().is("**")) {
      ExpressionToken power = take();
      return new ExpressionNode.Binary("**", power.at(), base, nested(this::unary));
    }
    return base;
  }

  private ExpressionNode primary() {
    ExpressionToken token = peek();
    if (token.kind() == ExpressionToken.Kind.LITERAL) {
      return new ExpressionNode.Literal(take().value());
    }
    if (token.kind() == ExpressionToken.Kind.WORD && !KEYWORDS.contains(token.text())) {
      return word(take());
    }
    if (token.is("(")) {
      return parenthesis();
    }
    if (token.is("[")) {
      return new ExpressionNode.Items(list(take(), "]"));
    }
    throw error("Found " + token.found() + " where a value is due");
  }

  private ExpressionNode parenthesis() {
    ExpressionToken open = take();
    ExpressionNode inner = nested(this::expression);
    if (peek().is(",")) {
      throw error("Parentheses hold one value; write a list as [1, 2]");
    }
    close(open, ")");
    return inner;
  }

  /** What stands between brackets, the last of which may follow a comma. */
  private List<ExpressionNode> list(ExpressionToken open, String close) {
    List<ExpressionNode> items = new ArrayList<>();
    while (!peek().is(close)) {
      items.add(nested(this::expression));
      if (!peek().is(",")) {
        break;
      }
      take();
    }
    close(open, close);
    return items;
  }

  private void close(ExpressionToken open, String close) {
    if (peek().kind() == ExpressionToken.Kind.END) {
      throw new ExpressionException("The " + open.text() + " has no matching " + close, open.at());
    }
    if (!peek().is(close)) {
      throw error("Found " + peek().text() + " where " + close + " or an operator is due");
    }
    take();
  }

  private ExpressionNode word(ExpressionToken word) {
    if (VALUES.containsKey(word.text())) {
      return new ExpressionNode.Literal(VALUES.get(word.text()));
    }
    if (word.text().equals("math") && peek().is(".")) {
      take();
      if (peek().kind() != ExpressionToken.Kind.WORD) {
        throw error("Found " + peek().found() + " where a function of math is due");
      }
      String name = take().text();
      return peek().is("(") ? call("math." + name, word.at()) : constant(name, word.at());
    }
    if (peek().is("(")) {
      return call(word.text(), word.at());
    }
    if (!ExpressionNames.CONSTANTS.containsKey(word.text())) {
      names.add(word.text());
    }
    return new ExpressionNode.Name(word.text(), word.at());
  }

  private static ExpressionNode constant(String name, int at) {
    return Optional.ofNullable(ExpressionNames.CONSTANTS.get(name))
        .map(ExpressionNode.Literal::new)
        .orElseThrow(() -> new ExpressionException(ExpressionFunctions.unknownConstant(name), at));
  }

  private ExpressionNode call(String name, int at) {
    ExpressionFunctions.Entry function =
        ExpressionFunctions.find(name)
            .orElseThrow(() -> new ExpressionException(ExpressionFunctions.unknown(name), at));
    List<ExpressionNode> arguments = list(take(), ")");
    function.checkCount(name, arguments.size(), at);
    return new ExpressionNode.Call(name, at, function, arguments);
  }

  /** What Python would let follow any value. */
  private void refuseTrailers() {
    ExpressionToken token = peek();
    if (token.is(".")) {
      String name = next + 1 < tokens.size() ? tokens.get(next + 1).text() : "";
      throw ExpressionException.python("the attribute ." + name, token.at());
    }
    if (token.is("[")) {
      throw ExpressionException.python("a subscript", token.at());
    }
    if (token.is("(")) {
      throw ExpressionException.python("a call of a value", token.at());
    }
  }

  private ExpressionNode nested(Supplier<ExpressionNode> rule) {
    if (++depth > MAX_DEPTH) {
      throw error("The expression is nested more than 50 deep");
    }
    ExpressionNode node = rule.get();
    depth--;
    return node;
  }

  private ExpressionException error(String message) {
    return new ExpressionException(message, peek().at());
  }

  private ExpressionToken peek() {
    return tokens.get(next);
  }

  private ExpressionToken take() {
    return tokens.get(next++);
  }
}
