/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts an expression into its words, and refuses what is only Python's. */
final class ExpressionTokens {
  private static final Pattern SYMBOL =
      Pattern.compile("\\*\\*|//|==|!=|<=|>=|[-+*/%()\\[\\],<>.]");

  /** Letters that cling to a number belong to it, so that 0x10 is one wrong number. */
  private static final Pattern NUMBER =
      Pattern.compile("(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][-+]\\d)?\\w*");

  private static final Set<String> PYTHON =
      Set.of(
          "as",
          "assert",
          "async",
          "await",
          "break",
          "class",
          "continue",
          "def",
          "del",
          "elif",
          "except",
          "finally",
          "for",
          "from",
          "global",
          "import",
          "in",
          "is",
          "lambda",
          "nonlocal",
          "pass",
          "raise",
          "return",
          "try",
          "while",
          "with",
          "yield");

  private static final Map<Character, String> INSTEAD =
      Map.of(
          '=', "; write == to compare",
          '!', "; write not",
          '&', "; write and",
          '|', "; write or",
          '^', "; write ** for a power",
          '?', "; write a if c else b");

  private final String text;
  private final int base;
  private final List<ExpressionToken> tokens = new ArrayList<>();
  private int at;

  private ExpressionTokens(String text, int base) {
    this.text = text;
    this.base = base;
  }

  /** The words, with an END behind them; offsets count from the base. */
  static List<ExpressionToken> of(String text, int base) {
    ExpressionTokens reader = new ExpressionTokens(text, base);
    reader.read();
    return reader.tokens;
  }

  private void read() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (" \t\r\n".indexOf(c) >= 0) {
        at++;
      } else if (PythonText.isQuote(c)) {
        quoted();
      } else if (isLetter(c)) {
        word();
      } else if (!number()) {
        symbol();
      }
    }
    add(ExpressionToken.Kind.END, at, new Json.Null());
  }

  private void quoted() {
    int close = PythonText.closingQuote(text, at);
    if (close < 0) {
      throw unclosed(text, at, base);
    }
    Json value = new Json.Str(PythonText.unescape(text.substring(at + 1, close), base + at + 1));
    add(ExpressionToken.Kind.LITERAL, close + 1, value);
  }

  static ExpressionException unclosed(String text, int quote, int base) {
    char c = text.charAt(quote);
    return new ExpressionException(
        "The text that begins with " + c + " has no end; write another " + c, base + quote);
  }

  private void word() {
    int end = at;
    while (end < text.length() && isWordPart(text.charAt(end))) {
      end++;
    }
    String word = text.substring(at, end);
    if (PYTHON.contains(word) || word.startsWith("__")) {
      throw ExpressionException.python(word, base + at);
    }
    if (end < text.length() && PythonText.isQuote(text.charAt(end))) {
      throw ExpressionException.python(word + text.charAt(end), base + at);
    }
    add(ExpressionToken.Kind.WORD, end, new Json.Null());
  }

  private boolean number() {
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      return false;
    }
    Json value =
        PythonNumber.read(number.group())
            .orElseThrow(
                () ->
                    new ExpressionException(
                        number.group() + " is not a number; write for example 10 or 1.5e-3",
                        base + at));
    PythonNumber.check(value, base + at);
    add(ExpressionToken.Kind.LITERAL, number.end(), value);
    return true;
  }

  private void symbol() {
    Matcher symbol = SYMBOL.matcher(text).region(at, text.length());
    if (!symbol.lookingAt()) {
      String found = Character.toString(text.codePointAt(at));
      throw new ExpressionException(
          found + " has no meaning in eval" + INSTEAD.getOrDefault(text.charAt(at), ""), base + at);
    }
    add(ExpressionToken.Kind.SYMBOL, symbol.end(), new Json.Null());
  }

  private void add(ExpressionToken.Kind kind, int end, Json value) {
    tokens.add(new ExpressionToken(kind, text.substring(at, end), base + at, value));
    at = end;
  }

  private static boolean isLetter(char c) {
    return Character.isLetter(c) || c == '_';
  }

  /** Whether a name goes on with it. */
  static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
