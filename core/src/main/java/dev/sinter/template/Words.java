/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Texts cut in parts. */
final class Words {
  /** What a part costs besides its characters. */
  private static final int PART = 3;

  private Words() {}

  /** The words between space, as str.split without a separator; at most so many cuts. */
  static List<Value> split(String text, long most, Meter meter) {
    meter.scan(text);
    List<Value> parts = new ArrayList<>();
    int at = Characters.skipSpace(text, 0);
    while (at < text.length()) {
      meter.steps(PART);
      int end = at;
      while (end < text.length() && !Characters.isSpace(text.charAt(end))) {
        end++;
      }
      if (parts.size() == most) {
        parts.add(Value.of(text.substring(at)));
        return parts;
      }
      parts.add(Value.of(text.substring(at, end)));
      at = Characters.skipSpace(text, end);
    }
    return parts;
  }

  /** As {@link #split}, with the cuts taken from the end. */
  static List<Value> splitBack(String text, long most, Meter meter) {
    meter.scan(text);
    List<Value> parts = new ArrayList<>();
    int end = Characters.skipSpaceBack(text, 0, text.length());
    while (end > 0) {
      meter.steps(PART);
      int start = end;
      while (start > 0 && !Characters.isSpace(text.charAt(start - 1))) {
        start--;
      }
      if (parts.size() == most) {
        parts.add(Value.of(text.substring(0, end)));
        break;
      }
      parts.add(Value.of(text.substring(start, end)));
      end = Characters.skipSpaceBack(text, 0, start);
    }
    Collections.reverse(parts);
    return parts;
  }

  /** The parts between separators. */
  static List<Value> split(String text, String separator, long most, Meter meter) {
    check(separator);
    meter.search(text, separator);
    List<Value> parts = new ArrayList<>();
    int start = 0;
    int cut = text.indexOf(separator);
    while (cut >= 0 && parts.size() < most) {
      meter.steps(PART);
      parts.add(Value.of(text.substring(start, cut)));
      start = cut + separator.length();
      cut = text.indexOf(separator, start);
    }
    parts.add(Value.of(text.substring(start)));
    return parts;
  }

  /** The parts between separators, with the cuts taken from the end. */
  static List<Value> splitBack(String text, String separator, long most, Meter meter) {
    check(separator);
    meter.search(text, separator);
    List<Value> parts = new ArrayList<>();
    int end = text.length();
    int cut = text.lastIndexOf(separator);
    while (cut >= 0 && parts.size() < most) {
      meter.steps(PART);
      parts.add(Value.of(text.substring(cut + separator.length(), end)));
      end = cut;
      cut = cut < separator.length() ? -1 : text.lastIndexOf(separator, cut - separator.length());
    }
    parts.add(Value.of(text.substring(0, end)));
    Collections.reverse(parts);
    return parts;
  }

  private static void check(String separator) {
    if (separator.isEmpty()) {
      throw new Fault("An empty text separates nothing");
    }
  }

  /** The lines, with their ends or without. */
  static List<String> lines(String text, LineEnds ends, Meter meter) {
    meter.scan(text);
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      meter.steps(PART);
      int end = start;
      while (end < text.length() && !Characters.isLineEnd(text.charAt(end))) {
        end++;
      }
      int next = text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length());
      lines.add(text.substring(start, ends == LineEnds.KEPT ? next : end));
      start = next;
    }
    return lines;
  }

  /** What becomes of the ends of lines. */
  enum LineEnds {
    KEPT,
    DROPPED
  }
}
