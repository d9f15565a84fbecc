/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The eval(...) calls in a text of a recipe. */
public final class EvalText {
  private static final String OPENING = "eval(";

  private EvalText() {}

  /** From the e of eval to behind its parenthesis. */
  private record Call(int start, int end, Expression expression) {}

  public static boolean contains(String text) {
    return next(text, 0) >= 0;
  }

  /** The names that the expressions in it read. */
  public static Set<String> names(String text) {
    Set<String> names = new HashSet<>();
    calls(text).forEach(call -> names.addAll(call.expression().names()));
    return Set.copyOf(names);
  }

  public static Json replace(String text, Function<String, Optional<Json>> names) {
    return replace(text, names, Set.of());
  }

  /**
   * The value of a text that is one call, space around it aside; the text with its calls' values in
   * their places otherwise. The known names are for messages alone.
   */
  public static Json replace(
      String text, Function<String, Optional<Json>> names, Collection<String> known) {
    StringBuilder out = new StringBuilder();
    int done = 0;
    for (Call call : calls(text)) {
      Json value = call.expression().value(names, known);
      if (text.strip().length() == call.end() - call.start()) {
        return value;
      }
      out.append(text, done, call.start()).append(PythonText.of(value, call.start()));
      PythonText.checkLength(out.length(), call.start());
      done = call.end();
    }
    return new Json.Str(out.append(text, done, text.length()).toString());
  }

  private static List<Call> calls(String text) {
    List<Call> calls = new ArrayList<>();
    for (int start = next(text, 0); start >= 0; ) {
      int inside = start + OPENING.length();
      int close = close(text, inside);
      calls.add(
          new Call(start, close + 1, Expression.parse(text.substring(inside, close), inside)));
      start = next(text, close);
    }
    return calls;
  }

  /** Where the next call begins, or -1: a word that only ends in eval is none. */
  private static int next(String text, int from) {
    int start = text.indexOf(OPENING, from);
    while (start > 0 && ExpressionTokens.isWordPart(text.charAt(start - 1))) {
      start = text.indexOf(OPENING, start + 1);
    }
    return start;
  }

  /** The parenthesis that closes the call; those in quotes do not count. */
  private static int close(String text, int inside) {
    int open = 1;
    for (int i = inside; i < text.length(); i++) {
      char c = text.charAt(i);
      if (PythonText.isQuote(c)) {
        int quote = i;
        i = PythonText.closingQuote(text, i);
        if (i < 0) {
          throw ExpressionTokens.unclosed(text, quote, 0);
        }
      } else if (c == '(') {
        open++;
      } else if (c == ')' && --open == 0) {
        return i;
      }
    }
    throw new ExpressionException("The ( of eval has no matching )", inside - 1);
  }
}
