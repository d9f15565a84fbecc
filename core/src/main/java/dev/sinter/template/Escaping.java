/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

/** Text for HTML, which no chat is; but templates that mark text as safe mean it so. */
final class Escaping {
  private Escaping() {}

  /** A value as HTML shows it; what is safe already stays. */
  static String escaped(Value value, Meter meter) {
    if (value instanceof Value.Safe safe) {
      return safe.value();
    }
    String text = Printing.str(value, meter);
    TextBuilder escaped = new TextBuilder(meter);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&#34;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
