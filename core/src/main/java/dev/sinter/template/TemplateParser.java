/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.problem.Nearest;
import dev.sinter.template.Expression.FilterCall;
import dev.sinter.template.MacroDefinition.Parameter;
import dev.sinter.template.Run.Flow;
import dev.sinter.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Statements by recursive descent: a method for each tag. */
final class TemplateParser {
  private static final Set<String> REFUSED =
      Set.of("autoescape", "block", "do", "extends", "from", "import", "include", "trans", "debug");

  private final TokenStream tokens;
  private final Reading reading;
  private final ExpressionParser expressions;
  private final TargetParser targets;
  private final Map<String, Supplier<Statement>> tags =
      Map.ofEntries(
          Map.entry("break", () -> jump(Flow.BREAK)),
          Map.entry("call", this::callBlock),
          Map.entry("continue", () -> jump(Flow.CONTINUE)),
          Map.entry("filter", this::filterBlock),
          Map.entry("for", this::loop),
          Map.entry("generation", this::generation),
          Map.entry("if", this::condition),
          Map.entry("macro", this::macro),
          Map.entry("print", this::print),
          Map.entry("set", this::assignment),
          Map.entry("with", this::with));

  /** How many loops there are around, within the macro. */
  private int loops;

  private TemplateParser(List<Token> tokens) {
    this.tokens = new TokenStream(tokens);
    this.reading = new Reading(this.tokens);
    this.expressions = new ExpressionParser(reading);
    this.targets = new TargetParser(reading);
  }

  /** A template: its statements, and the names that it sets. */
  record Parsed(List<Statement> body, Scope scope) {}

  static Parsed parse(List<Token> tokens) {
    TemplateParser parser = new TemplateParser(tokens);
    List<Statement> body = parser.statements(Set.of());
    parser.reading.unknown().stream()
        .findFirst()
        .ifPresent(
            fault -> {
              throw fault;
            });
    parser.reading.scope().settle();
    return new Parsed(body, parser.reading.scope());
  }

  /** Statements up to a tag that ends them; its name is the next token then. */
  private List<Statement> statements(Set<String> ends) {
    int begin = tokens.current().at();
    List<Statement> body = new ArrayList<>();
    while (!tokens.is(Kind.END)) {
      if (tokens.is(Kind.DATA)) {
        body.add(new Statement.Data(tokens.take().text()));
      } else if (tokens.is(Kind.VARIABLE_BEGIN)) {
        int at = tokens.take().at();
        body.add(new Statement.Print(expressions.tuple(expressions::expression), at));
        tokens.expect(Kind.VARIABLE_END);
      } else {
        tokens.expect(Kind.BLOCK_BEGIN);
        if (tokens.is(Kind.NAME) && ends.contains(tokens.current().text())) {
          return body;
        }
        body.add(statement(ends));
        tokens.expect(Kind.BLOCK_END);
      }
    }
    if (!ends.isEmpty()) {
      throw new Fault(begin, "The template ends before this does; write " + shown(ends));
    }
    return body;
  }

  private static String shown(Set<String> ends) {
    return String.join(" or ", ends.stream().sorted().map(end -> "{% " + end + " %}").toList());
  }

  private Statement statement(Set<String> ends) {
    Token tag = tokens.current();
    if (tag.kind() != Kind.NAME) {
      throw tokens.wrong("the name of a tag");
    }
    Supplier<Statement> rule = tags.get(tag.text());
    if (rule == null) {
      throw new Fault(tag.at(), unknown(tag.text(), ends));
    }
    tokens.take();
    return reading.nested(rule);
  }

  private String unknown(String tag, Set<String> ends) {
    if (REFUSED.contains(tag)) {
      return "Templates here have no tag " + tag;
    }
    boolean end = tag.startsWith("end") || tag.equals("else") || tag.equals("elif");
    String due = ends.isEmpty() ? "nothing is open" : shown(ends) + " is due";
    return end
        ? "Found {% " + tag + " %} where " + due
        : "There is no tag " + tag + "." + Nearest.hint(tag, tags.keySet());
  }

  /** The body of a tag, up to one of its ends, whose name is taken. */
  private List<Statement> body(Set<String> ends) {
    tokens.skip(":");
    tokens.expect(Kind.BLOCK_END);
    return statements(ends);
  }

  private List<Statement> bodyUntil(String end) {
    List<Statement> body = body(Set.of(end));
    tokens.take();
    return body;
  }

  private Statement jump(Flow flow) {
    if (loops == 0) {
      throw new Fault(tokens.current().at(), "This stands in no loop");
    }
    return new Statement.Jump(flow);
  }

  private Statement print() {
    List<Expression> parts = new ArrayList<>();
    int at = tokens.current().at();
    while (!tokens.is(Kind.BLOCK_END)) {
      parts.add(expressions.expression());
      if (!tokens.is(Kind.BLOCK_END)) {
        tokens.expect(",");
      }
    }
    return new Statement.Print(new Expression.Concat(parts, at), at);
  }

  private Statement condition() {
    int known = reading.unknown().size();
    List<Statement.If.Branch> branches = new ArrayList<>();
    Set<String> ends = Set.of("elif", "else", "endif");
    Token end;
    do {
      Expression test = expressions.tuple(expressions::or);
      reading.scope().beginCondition();
      branches.add(new Statement.If.Branch(test, body(ends)));
      reading.scope().endCondition();
      end = tokens.take();
    } while (end.isName("elif"));
    if (end.isName("else")) {
      Expression always = new Expression.Literal(Value.TRUE);
      reading.scope().beginCondition();
      branches.add(new Statement.If.Branch(always, bodyUntil("endif")));
      reading.scope().endCondition();
    }
    reading.forgive(known);
    return new Statement.If(branches);
  }

  private Statement loop() {
    int at = tokens.current().at();
    if (tokens.isName("loop")) {
      throw new Fault(at, "loop is the name of what the loop knows of itself; take another");
    }
    Target target = targets.targets(Set.of("in"));
    if (!tokens.skipName("in")) {
      throw tokens.wrong("in");
    }
    Expression items = expressions.tuple(expressions::or);
    Optional<Expression> filter =
        tokens.skipName("if")
            ? Optional.of(inside(scope -> target.give(scope), expressions::expression))
            : Optional.empty();
    if (tokens.isName("recursive")) {
      throw new Fault(
          tokens.current().at(), "Loops here are not recursive; a macro may call itself");
    }
    loops++;
    Statement.For.Block body =
        inside(scope -> giveTurn(target, scope), () -> block(body(Set.of("endfor", "else"))));
    loops--;
    Statement.For.Block otherwise =
        inside(
            scope -> {},
            () -> block(tokens.take().isName("else") ? bodyUntil("endfor") : List.of()));
    return new Statement.For(target, items, filter, body, otherwise, at);
  }

  private static void giveTurn(Target target, Scope scope) {
    scope.give("loop");
    target.give(scope);
  }

  private Statement.For.Block block(List<Statement> statements) {
    return new Statement.For.Block(statements, reading.scope());
  }

  /** Reads something that has names of its own, of which some are given. */
  private <T> T inside(Consumer<Scope> given, Supplier<T> rule) {
    given.accept(reading.enter());
    T parsed = rule.get();
    reading.leave();
    return parsed;
  }

  private Statement assignment() {
    Target target = targets.targets(Set.of());
    if (tokens.skip("=")) {
      Expression value = expressions.tuple(expressions::expression);
      target.note(reading.scope());
      return new Statement.Set(target, value);
    }
    target.note(reading.scope());
    return inside(
        scope -> {},
        () -> {
          List<FilterCall> filters = expressions.operands().filters();
          return new Statement.SetBlock(target, filters, bodyUntil("endset"), reading.scope());
        });
  }

  private Statement with() {
    List<Target> names = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.is(Kind.BLOCK_END)) {
      if (!names.isEmpty()) {
        tokens.expect(",");
      }
      names.add(targets.target());
      tokens.expect("=");
      values.add(expressions.expression());
    }
    return inside(
        scope -> names.forEach(target -> target.give(scope)),
        () -> new Statement.With(names, values, bodyUntil("endwith"), reading.scope()));
  }

  private Statement generation() {
    return inside(
        scope -> {},
        () ->
            new Statement.With(List.of(), List.of(), bodyUntil("endgeneration"), reading.scope()));
  }

  private Statement filterBlock() {
    int at = tokens.current().at();
    List<FilterCall> filters = new ArrayList<>(List.of(expressions.operands().filter()));
    filters.addAll(expressions.operands().filters());
    return inside(
        scope -> {},
        () -> new Statement.FilterBlock(filters, bodyUntil("endfilter"), reading.scope(), at));
  }

  private Statement macro() {
    String name = tokens.expect(Kind.NAME).text();
    reading.scope().set(name);
    reading.enter();
    return new Statement.Macro(definition(name, parameters(), "endmacro"));
  }

  private Statement callBlock() {
    int at = tokens.current().at();
    Scope around = reading.scope();
    Scope own = reading.enter();
    List<Parameter> parameters = tokens.is("(") ? parameters() : List.of();
    reading.resume(around);
    Expression called = expressions.expression();
    if (!(called instanceof Expression.Call call)) {
      throw new Fault(at, "A call is due here");
    }
    reading.resume(own);
    return new Statement.CallBlock(call, definition("caller", parameters, "endcall"), at);
  }

  private List<Parameter> parameters() {
    tokens.expect("(");
    List<Parameter> parameters = new ArrayList<>();
    while (!tokens.is(")")) {
      Token name = tokens.expect(Kind.NAME);
      Optional<Expression> usual =
          tokens.skip("=") ? Optional.of(expressions.expression()) : Optional.empty();
      if (usual.isEmpty() && parameters.stream().anyMatch(before -> before.usual().isPresent())) {
        throw new Fault(
            name.at(), name.text() + " needs a value, as parameters before it have one");
      }
      reading.scope().give(name.text());
      parameters.add(new Parameter(name.text(), usual));
      if (!tokens.is(")")) {
        tokens.expect(",");
      }
    }
    tokens.take();
    return parameters;
  }

  /** A macro whose scope was entered for its parameters; its body, and the end of the scope. */
  private MacroDefinition definition(String name, List<Parameter> parameters, String end) {
    Scope scope = reading.scope();
    List.of("caller", "kwargs", "varargs").forEach(scope::give);
    int outside = loops;
    loops = 0;
    List<Statement> body = bodyUntil(end);
    loops = outside;
    reading.leave();
    return new MacroDefinition(name, parameters, body, scope);
  }
}
