/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the inside of a tag: names, numbers, strings and operators, up to the tag's end. */
final class TagLexer {
  private static final String DIGITS = "(?:\\d++_)*+\\d++";
  private static final Pattern FLOAT =
      Pattern.compile(
          DIGITS + "(?:(?:\\." + DIGITS + ")?[eE][+-]?" + DIGITS + "|\\." + DIGITS + ")");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[\\da-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
  private static final List<String> LONG_OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=");
  private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";
  private static final String OPENING = "([{";
  private static final String CLOSING = ")]}";

  private final String source;
  private final Token end;
  private final List<Token> tokens;
  private final Deque<Character> open = new ArrayDeque<>();
  private int next;

  private TagLexer(String source, int next, Token end, List<Token> tokens) {
    this.source = source;
    this.next = next;
    this.end = end;
    this.tokens = tokens;
  }

  /**
   * Adds the tokens of a tag, its end included.
   *
   * @param end how the tag ends, placed where it begins
   * @return where the tag ends
   */
  static int read(String source, int from, Token end, List<Token> tokens) {
    TagLexer lexer = new TagLexer(source, from, end, tokens);
    while (!lexer.ended()) {
      lexer.token();
    }
    return lexer.next;
  }

  /** Brackets that are open come first: in a dict of dicts, two braces end no tag. */
  private boolean ended() {
    next = Characters.skipSpace(source, next);
    if (next >= source.length()) {
      throw new Fault(end.at(), "This tag has no end; write " + end.text());
    }
    boolean block = end.kind() == Kind.BLOCK_END;
    char sign = source.charAt(next);
    int mark = sign == '-' || (block && sign == '+') ? next + 1 : next;
    if (!open.isEmpty() || !source.startsWith(end.text(), mark)) {
      return false;
    }
    tokens.add(new Token(end.kind(), end.text(), next));
    // What follows a variable keeps its newline.
    boolean plain = !block && sign != '-';
    next = plain ? mark + 2 : Lexer.afterBlock(source, mark, mark == next ? ' ' : sign);
    return true;
  }

  private void token() {
    char c = source.charAt(next);
    if (Characters.isDigit(c)) {
      number();
    } else if (Characters.isNameStart(c)) {
      name();
    } else if (c == '\'' || c == '"') {
      string();
    } else {
      operator(c);
    }
  }

  private void number() {
    boolean behindDot = source.charAt(next - 1) == '.';
    Matcher number = FLOAT.matcher(source).region(next, source.length());
    if (!behindDot && number.lookingAt()) {
      add(Kind.FLOAT, number.end());
    } else {
      number = INTEGER.matcher(source).region(next, source.length());
      add(Kind.INTEGER, number.lookingAt() ? number.end() : next + 1);
    }
  }

  private void name() {
    int stop = next;
    while (stop < source.length() && Characters.isNamePart(source.charAt(stop))) {
      stop++;
    }
    add(Kind.NAME, stop);
  }

  private void string() {
    char quote = source.charAt(next);
    int stop = next + 1;
    while (stop < source.length() && source.charAt(stop) != quote) {
      stop += source.charAt(stop) == '\\' ? 2 : 1;
    }
    if (stop >= source.length()) {
      throw new Fault(next, "This string has no end; write " + quote);
    }
    tokens.add(
        new Token(Kind.STRING, Escapes.decode(source.substring(next + 1, stop), next + 1), next));
    next = stop + 1;
  }

  private void operator(char c) {
    for (String operator : LONG_OPERATORS) {
      if (source.startsWith(operator, next)) {
        add(Kind.OPERATOR, next + 2);
        return;
      }
    }
    if (OPERATORS.indexOf(c) < 0) {
      throw new Fault(
          next,
          "Found " + Character.toString(source.codePointAt(next)) + ", which begins nothing here");
    }
    balance(c);
    add(Kind.OPERATOR, next + 1);
  }

  private void balance(char c) {
    if (OPENING.indexOf(c) >= 0) {
      open.push(CLOSING.charAt(OPENING.indexOf(c)));
    } else if (CLOSING.indexOf(c) >= 0) {
      if (open.isEmpty()) {
        throw new Fault(next, "Found " + c + ", which nothing opened");
      }
      char expected = open.pop();
      if (expected != c) {
        throw new Fault(next, "Found " + c + " where " + expected + " is due");
      }
    }
  }

  private void add(Kind kind, int stop) {
    tokens.add(new Token(kind, source.substring(next, stop), next));
    next = stop;
  }
}
