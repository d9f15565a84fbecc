/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import dev.sinter.json.PythonFloat;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** Texts as Python writes and prints them. */
final class PythonText {
  /** Printing lists in lists doubles their backslashes: no eval makes a text longer than this. */
  private static final int MAX_LENGTH = 100_000;

  private static final int SHOWN = 40;

  private static final String ESCAPES = "\\'\"ntr";
  private static final String ESCAPED = "\\'\"\n\t\r";

  private PythonText() {}

  static boolean isQuote(char c) {
    return c == '\'' || c == '"';
  }

  /** Where the text ends that begins with the quote at an offset, or -1. */
  static int closingQuote(String text, int open) {
    for (int i = open + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == text.charAt(open)) {
        return i;
      }
      if (c == '\n') {
        return -1;
      }
      i += c == '\\' ? 1 : 0;
    }
    return -1;
  }

  /** As Python, an escape that is none stays, so that regular expressions need no care. */
  static String unescape(String text, int at) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = text.charAt(++i);
      if (ESCAPES.indexOf(escape) >= 0) {
        out.append(ESCAPED.charAt(ESCAPES.indexOf(escape)));
      } else if ("abfvxuUN01234567\n".indexOf(escape) >= 0) {
        throw new ExpressionException(
            "The escape \\" + escape + " is not read; write \\\\ for a backslash", at + i - 1);
      } else {
        out.append(c).append(escape);
      }
    }
    return out.toString();
  }

  /** Python's str(value). */
  static String of(Json value, int at) {
    if (value instanceof Json.Str string) {
      return string.value();
    }
    StringBuilder out = new StringBuilder();
    print(value, MAX_LENGTH, out);
    checkLength(out.length(), at);
    return out.toString();
  }

  static void checkLength(int length, int at) {
    if (length > MAX_LENGTH) {
      throw new ExpressionException("The text would be longer than 100000 characters", at);
    }
  }

  /** A value for a message, not all of it if it is long. */
  static String shown(Json value) {
    StringBuilder out = new StringBuilder();
    print(value, SHOWN, out);
    if (out.length() <= SHOWN) {
      return out.toString();
    }
    int end = Character.isHighSurrogate(out.charAt(SHOWN - 3)) ? SHOWN - 3 : SHOWN - 2;
    return out.substring(0, end) + "..";
  }

  /** Python's repr(value), up to somewhere behind the limit. */
  private static void print(Json value, int limit, StringBuilder out) {
    if (value instanceof Json.Str string) {
      quote(string.value(), limit, out);
    } else if (value instanceof Json.Num number) {
      number(number, out);
    } else if (value instanceof Json.Bool bool) {
      out.append(bool.value() ? "True" : "False");
    } else if (value instanceof Json.Arr array) {
      String separator = "[";
      for (Iterator<Json> i = array.items().iterator(); i.hasNext() && out.length() <= limit; ) {
        out.append(separator);
        print(i.next(), limit, out);
        separator = ", ";
      }
      out.append(array.items().isEmpty() ? "[]" : "]");
    } else if (value instanceof Json.Obj object) {
      String separator = "";
      out.append('{');
      for (Map.Entry<String, Json> member : object.members().entrySet()) {
        out.append(separator);
        quote(member.getKey(), limit, out);
        out.append(": ");
        print(member.getValue(), limit, out);
        separator = ", ";
        if (out.length() > limit) {
          break;
        }
      }
      out.append('}');
    } else {
      out.append("None");
    }
  }

  /** What is beyond a float keeps its spelling: this prints messages too. */
  private static void number(Json.Num number, StringBuilder out) {
    boolean printed = number.isInteger() || Double.isInfinite(number.asDouble());
    out.append(printed ? number.text() : PythonFloat.repr(number.asDouble()));
  }

  private static void quote(String text, int limit, StringBuilder out) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    out.append(quote);
    for (int i = 0; i < text.length() && out.length() <= limit; i++) {
      char c = text.charAt(i);
      int escape = ESCAPED.indexOf(c);
      if (escape >= 0 && (!isQuote(c) || c == quote)) {
        out.append('\\').append(ESCAPES.charAt(escape));
      } else if (c < ' ' || c == 0x7f) {
        out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append(quote);
  }
}
