/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

/** Texts in texts, at places that are counted in characters. */
final class Searching {
  private Searching() {}

  /**
   * The part of a text between two bounds.
   *
   * @param before the characters before it
   * @param valid false if the bounds lie the wrong way round, where not even an empty text is
   */
  record Part(String text, long before, boolean valid) {}

  /** The part that the third and fourth argument of a method choose of the first. */
  static Part part(Call call) {
    String text = call.text(0);
    if (call.given(2).isEmpty() && call.given(3).isEmpty()) {
      return new Part(text, 0, true);
    }
    call.meter().read(text.length());
    int length = text.codePointCount(0, text.length());
    int start = place(call.whole(2, 0), length);
    int end = Math.min(length, place(call.whole(3, length), length));
    if (start > end) {
      return new Part("", start, false);
    }
    int begin = text.offsetByCodePoints(0, start);
    int stop = text.offsetByCodePoints(begin, end - start);
    return new Part(text.substring(begin, stop), start, true);
  }

  private static int place(int given, int length) {
    return given < 0 ? Math.max(0, given + length) : given;
  }

  /** Where the second argument of a method first stands in the first, or -1. */
  static long first(Call call) {
    Part part = part(call);
    call.meter().search(part.text(), call.text(1));
    return place(part, part.text().indexOf(call.text(1)));
  }

  /** Where it stands last, or -1. */
  static long last(Call call) {
    Part part = part(call);
    call.meter().search(part.text(), call.text(1));
    return place(part, part.text().lastIndexOf(call.text(1)));
  }

  private static long place(Part part, int found) {
    return found < 0 || !part.valid() ? -1 : part.before() + part.text().codePointCount(0, found);
  }

  /** A text with another in the place of a third, at most so many times; all if that is below 0. */
  static String replace(String text, String old, String with, int most, Meter meter) {
    meter.search(text, old);
    long left = most < 0 ? Long.MAX_VALUE : most;
    if (old.isEmpty()) {
      return between(text, with, left, meter);
    }
    TextBuilder replaced = new TextBuilder(meter);
    int start = 0;
    int found = text.indexOf(old);
    while (found >= 0 && left-- > 0) {
      replaced.append(text.substring(start, found)).append(with);
      start = found + old.length();
      found = text.indexOf(old, start);
    }
    return replaced.append(text.substring(start)).toString();
  }

  /** Between any two characters there is an empty text, and one at each end. */
  private static String between(String text, String with, long most, Meter meter) {
    TextBuilder replaced = new TextBuilder(meter);
    long left = most;
    for (int c : text.codePoints().toArray()) {
      replaced.append(left-- > 0 ? with : "").append(Character.toString(c));
    }
    return replaced.append(left > 0 ? with : "").toString();
  }
}
