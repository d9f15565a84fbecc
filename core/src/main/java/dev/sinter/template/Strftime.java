/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Dates as strftime writes them, in the C locale. */
final class Strftime {
  /** What a part of a date costs. */
  private static final int FIELD = 50;

  private Strftime() {}

  static String format(String format, LocalDateTime now, Meter meter) {
    TextBuilder out = new TextBuilder(meter);
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      meter.steps(FIELD);
      boolean bare = format.startsWith("-", i + 1) && i + 2 < format.length();
      i += bare ? 2 : 1;
      String field = field(format.charAt(i), now);
      out.append(bare ? field.replaceFirst("^[0 ]+(?=.)", "") : field);
    }
    return out.toString();
  }

  private static String field(char code, LocalDateTime now) {
    return switch (code) {
      case 'p' -> now.getHour() < 12 ? "AM" : "PM";
      case 'e' -> String.format(Locale.ROOT, "%2d", now.getDayOfMonth());
      case 'w' -> "" + now.getDayOfWeek().getValue() % 7;
      case 'u' -> "" + now.getDayOfWeek().getValue();
      case 'U' -> week(now, now.getDayOfWeek().getValue() % 7);
      case 'W' -> week(now, now.getDayOfWeek().getValue() - 1);
      case 'V' -> String.format(Locale.ROOT, "%02d", now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'G' -> "" + now.get(IsoFields.WEEK_BASED_YEAR);
      case 'C' -> String.format(Locale.ROOT, "%02d", now.getYear() / 100);
      case 'f' -> String.format(Locale.ROOT, "%06d", now.get(ChronoField.MICRO_OF_SECOND));
      case 'c' -> pattern("EEE MMM ", now) + field('e', now) + pattern(" HH:mm:ss yyyy", now);
      // There is no time zone, as in a datetime that has none.
      case 'Z', 'z' -> "";
      case '%' -> "%";
      case 'n' -> "\n";
      case 't' -> "\t";
      default -> pattern(pattern(code), now);
    };
  }

  private static String pattern(char code) {
    return switch (code) {
      case 'a' -> "EEE";
      case 'A' -> "EEEE";
      case 'b', 'h' -> "MMM";
      case 'B' -> "MMMM";
      case 'd' -> "dd";
      case 'D', 'x' -> "MM/dd/yy";
      case 'F' -> "yyyy-MM-dd";
      case 'H' -> "HH";
      case 'I' -> "hh";
      case 'j' -> "DDD";
      case 'm' -> "MM";
      case 'M' -> "mm";
      case 'r' -> "hh:mm:ss a";
      case 'R' -> "HH:mm";
      case 'S' -> "ss";
      case 'T', 'X' -> "HH:mm:ss";
      case 'y' -> "yy";
      case 'Y' -> "yyyy";
      default -> throw new Fault("strftime_now knows no letter " + code);
    };
  }

  private static String pattern(String pattern, LocalDateTime now) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
  }

  /** Weeks of the year, counted from the first day of the week that it starts with. */
  private static String week(LocalDateTime now, int dayOfWeek) {
    return String.format(Locale.ROOT, "%02d", (now.getDayOfYear() + 6 - dayOfWeek) / 7);
  }
}
