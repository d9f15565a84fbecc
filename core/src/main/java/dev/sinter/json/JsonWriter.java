/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes JSON as Python's json module does, so that our files differ from the peers' by content
 * alone.
 */
public final class JsonWriter {
  private static final char ASCII = '~';
  private static final char UNICODE = Character.MAX_VALUE;

  /** How Python and Rust sort strings; String's own order differs beyond the basic plane. */
  public static final Comparator<String> CODE_POINT_ORDER =
      (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

  private JsonWriter() {}

  /**
   * Keys sorted, two spaces a level, ASCII only, a newline at the end: the layout of config.json
   * and of an index.
   */
  public static String pretty(Json value) {
    StringBuilder out = new StringBuilder();
    pretty(value, "\n", out);
    return out.append('\n').toString();
  }

  /**
   * One line, members in their own order, no spaces, only what must be escaped: headers and journal
   * lines.
   */
  public static String compact(Json value) {
    StringBuilder out = new StringBuilder();
    compact(value, UNICODE, out);
    return out.toString();
  }

  /**
   * One line, as {@link #compact}, with ASCII only: for files whose readers may not expect more.
   */
  public static String ascii(Json value) {
    StringBuilder out = new StringBuilder();
    compact(value, ASCII, out);
    return out.toString();
  }

  /** A text in its quotes, only what must be escaped. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder();
    quote(text, UNICODE, out);
    return out.toString();
  }

  /** A text in its quotes, ASCII only. */
  public static String quotedAscii(String text) {
    StringBuilder out = new StringBuilder();
    quote(text, ASCII, out);
    return out.toString();
  }

  private static void pretty(Json value, String indent, StringBuilder out) {
    String inner = indent + "  ";
    if (value instanceof Json.Obj object && !object.members().isEmpty()) {
      List<Map.Entry<String, Json>> sorted =
          object.members().entrySet().stream()
              .sorted(Map.Entry.comparingByKey(CODE_POINT_ORDER))
              .collect(Collectors.toList());
      String separator = "{";
      for (Map.Entry<String, Json> member : sorted) {
        out.append(separator).append(inner);
        quote(member.getKey(), ASCII, out);
        out.append(": ");
        pretty(member.getValue(), inner, out);
        separator = ",";
      }
      out.append(indent).append('}');
    } else if (value instanceof Json.Arr array && !array.items().isEmpty()) {
      String separator = "[";
      for (Json item : array.items()) {
        out.append(separator).append(inner);
        pretty(item, inner, out);
        separator = ",";
      }
      out.append(indent).append(']');
    } else {
      compact(value, ASCII, out);
    }
  }

  private static void compact(Json value, char last, StringBuilder out) {
    if (value instanceof Json.Obj object) {
      out.append('{');
      String separator = "";
      for (Map.Entry<String, Json> member : object.members().entrySet()) {
        out.append(separator);
        quote(member.getKey(), last, out);
        out.append(':');
        compact(member.getValue(), last, out);
        separator = ",";
      }
      out.append('}');
    } else if (value instanceof Json.Arr array) {
      out.append('[');
      String separator = "";
      for (Json item : array.items()) {
        out.append(separator);
        compact(item, last, out);
        separator = ",";
      }
      out.append(']');
    } else if (value instanceof Json.Str string) {
      quote(string.value(), last, out);
    } else if (value instanceof Json.Num number) {
      out.append(number.text());
    } else if (value instanceof Json.Bool bool) {
      out.append(bool.value());
    } else {
      out.append("null");
    }
  }

  /** Characters behind the last are escaped. */
  private static void quote(String text, char last, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || c > last) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
