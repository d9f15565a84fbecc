/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a template into text and tags, with blocks and lines trimmed: a newline behind a block goes
 * with it, and so does space before a block on a line of its own, unless a + says otherwise; a -
 * takes all space on its side.
 */
final class Lexer {
  private static final int MARK = 2;

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int next;

  private Lexer(String source) {
    this.source = source;
  }

  /** The template with one kind of newline, and without one at its end. */
  static String normalized(String source) {
    String lines = source.replace("\r\n", "\n").replace('\r', '\n');
    return lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
  }

  /** The tokens of a normalized template; the last one says that it ends. */
  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    while (lexer.next < source.length()) {
      lexer.part();
    }
    lexer.tokens.add(new Token(Kind.END, "", source.length()));
    return lexer.tokens;
  }

  /** Text up to the next tag, and the tag. */
  private void part() {
    int start = next;
    int begin = tag(start);
    if (begin < 0) {
      data(source.substring(start), start);
      next = source.length();
      return;
    }
    char mark = source.charAt(begin + 1);
    char sign = sign(begin + MARK);
    data(before(start, begin, sign, mark != '{'), start);
    next = begin + MARK + (sign == ' ' ? 0 : 1);
    if (mark == '#') {
      comment(begin);
    } else if (mark == '{') {
      tokens.add(new Token(Kind.VARIABLE_BEGIN, "{{", begin));
      next = TagLexer.read(source, next, new Token(Kind.VARIABLE_END, "}}", begin), tokens);
    } else if (rawBegin(next).isPresent()) {
      raw(begin, rawBegin(next).get());
    } else {
      tokens.add(new Token(Kind.BLOCK_BEGIN, "{%", begin));
      next = TagLexer.read(source, next, new Token(Kind.BLOCK_END, "%}", begin), tokens);
    }
  }

  private int tag(int from) {
    for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private char sign(int at) {
    char c = at < source.length() ? source.charAt(at) : ' ';
    return c == '-' || c == '+' ? c : ' ';
  }

  private void data(String text, int at) {
    if (!text.isEmpty()) {
      tokens.add(new Token(Kind.DATA, text, at));
    }
  }

  /** The text before a tag, as the tag leaves it. */
  private String before(int start, int end, char sign, boolean block) {
    if (sign == '-') {
      return source.substring(start, Characters.skipSpaceBack(source, start, end));
    }
    int line = Characters.skipSpaceBack(source, start, end);
    line = Math.max(line, source.substring(line, end).lastIndexOf('\n') + 1 + line);
    boolean wholeLine = line == 0 || source.charAt(line - 1) == '\n';
    return source.substring(start, sign == ' ' && block && wholeLine ? line : end);
  }

  private void comment(int begin) {
    int end = source.indexOf("#}", next);
    if (end < 0) {
      throw new Fault(begin, "This comment has no end; write #}");
    }
    next = afterBlock(source, end, end > next ? source.charAt(end - 1) : ' ');
  }

  /** Where a tag ends whose two characters of the end stand there, with what it takes behind it. */
  static int afterBlock(String source, int end, char sign) {
    int after = end + MARK;
    if (sign == '-') {
      return Characters.skipSpace(source, after);
    }
    boolean trimmed = sign != '+' && after < source.length() && source.charAt(after) == '\n';
    return trimmed ? after + 1 : after;
  }

  /** Where the text of a raw block begins, if a raw tag's inside begins there. */
  private Optional<Integer> rawBegin(int inside) {
    return word("raw", inside)
        .flatMap(
            end ->
                source.startsWith("-%}", end)
                    ? Optional.of(Characters.skipSpace(source, end + 3))
                    : Optional.of(end + MARK).filter(at -> source.startsWith("%}", end)));
  }

  /** Where the space behind a word ends, if the word is the next but for space. */
  private Optional<Integer> word(String word, int from) {
    int start = Characters.skipSpace(source, from);
    return source.startsWith(word, start)
        ? Optional.of(Characters.skipSpace(source, start + word.length()))
        : Optional.empty();
  }

  private void raw(int begin, int start) {
    for (int i = source.indexOf("{%", start); i >= 0; i = source.indexOf("{%", i + 1)) {
      char sign = sign(i + MARK);
      Optional<Integer> end = word("endraw", i + MARK + (sign == ' ' ? 0 : 1));
      if (end.isPresent()) {
        char last = sign(end.get());
        int close = end.get() + (last == ' ' ? 0 : 1);
        if (source.startsWith("%}", close)) {
          data(before(start, i, sign, true), start);
          next = afterBlock(source, close, last);
          return;
        }
      }
    }
    throw new Fault(begin, "This raw block has no end; write {% endraw %}");
  }
}
