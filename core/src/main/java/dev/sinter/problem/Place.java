/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where something stands, for people who must mend it: a file with line and column, counted from
 * one, or something without lines, such as a flag.
 *
 * @param line 0 if it is no part of a text
 * @param text the line itself
 * @param via how one came here, the nearest first: "imported as fp8 at my.yaml:3:9"
 */
public record Place(String file, int line, int column, String text, List<String> via) {
  /** How much of a long line is shown, and how much of that before the column. */
  private static final int SHOWN = 120;

  private static final int BEFORE = 60;

  /** A message may repeat what was written, which has no end. */
  private static final int LONGEST = 2000;

  public Place {
    via = List.copyOf(via);
  }

  /** Something that has no lines. */
  public static Place of(String name) {
    return new Place(name, 0, 0, "", List.of());
  }

  /** A line and a column of a text. */
  public static Place in(String file, int line, int column, String text) {
    return new Place(file, line, column, text, List.of());
  }

  /** The same place, reached in a further way. */
  public Place reached(String how) {
    List<String> ways = new ArrayList<>(via);
    ways.add(how);
    return new Place(file, line, column, text, ways);
  }

  /** "file:line:column". */
  public String at() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }

  /** What is wrong here: the place, what to say, the line with a caret under it, and the way. */
  public String problem(String message) {
    StringBuilder said = new StringBuilder(at()).append(": ").append(oneLine(cut(message)));
    if (line > 0) {
      int start = text.length() <= SHOWN ? 0 : Math.max(0, column - 1 - BEFORE);
      int end = Math.min(text.length(), start + SHOWN);
      String cut = printable(text.substring(Math.min(start, end), end));
      said.append("\n    ").append(cut).append("\n    ");
      said.append(" ".repeat(Math.max(0, column - 1 - start))).append('^');
    }
    via.forEach(way -> said.append("\n    ").append(way));
    return said.toString();
  }

  private static String cut(String message) {
    return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "...";
  }

  /**
   * What a recipe holds may have any characters; what is said of it has no others than it shows.
   */
  private static String oneLine(String message) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      boolean shown = !Character.isISOControl(c) && c != '\u2028' && c != '\u2029';
      if (shown) {
        line.append(c);
      } else {
        line.append(c == '\n' ? "\\n" : String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return line.toString();
  }

  /** Whatever would move the caret takes one column. */
  private static String printable(String line) {
    StringBuilder shown = new StringBuilder();
    line.chars().forEach(c -> shown.append(Character.isISOControl(c) ? ' ' : (char) c));
    return shown.toString();
  }
}
