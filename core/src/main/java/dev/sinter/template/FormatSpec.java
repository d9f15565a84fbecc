/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands behind the colon of a field of str.format: how wide, on which side, which form. */
record FormatSpec(
    String fill,
    Optional<Character> align,
    char sign,
    boolean alternate,
    int width,
    Optional<String> grouping,
    Optional<Integer> precision,
    Optional<Character> type) {
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?([a-zA-Z%])?",
          Pattern.DOTALL);
  private static final int GROUP = 3;

  static FormatSpec of(String spec) {
    Matcher found = SPEC.matcher(spec);
    if (!found.matches()) {
      throw new Fault("A format cannot be read: '" + spec + "'");
    }
    boolean zeros = found.group(5) != null && found.group(2) == null;
    return new FormatSpec(
        Optional.ofNullable(found.group(1)).orElse(zeros ? "0" : " "),
        zeros ? Optional.of('=') : letter(found.group(2)),
        letter(found.group(3)).orElse('-'),
        found.group(4) != null,
        number(found.group(6)).orElse(0),
        Optional.ofNullable(found.group(7)),
        number(found.group(8)),
        letter(found.group(9)));
  }

  private static Optional<Character> letter(String group) {
    return Optional.ofNullable(group).map(text -> text.charAt(0));
  }

  private static Optional<Integer> number(String group) {
    return Optional.ofNullable(group).map(Integer::valueOf);
  }

  /** What format(value, spec) writes. */
  String format(Value value, Meter meter) {
    boolean plainBool = value instanceof Value.Bool && type.isEmpty();
    if (Values.text(value).isPresent() || plainBool) {
      return text(Printing.str(value, meter), meter);
    }
    Optional<BigInteger> whole = Numbers.whole(value);
    if (whole.isPresent() && "eEfFgG%".indexOf(type.orElse('d')) < 0) {
      return number(whole(whole.get()), meter);
    }
    if (Numbers.isNumber(value)) {
      return number(real(Numbers.asDouble(value), meter), meter);
    }
    throw new Fault("A " + Values.type(value) + " is formatted by {} alone");
  }

  private String text(String text, Meter meter) {
    if (type.orElse('s') != 's' || align.equals(Optional.of('='))) {
      throw new Fault("A text cannot be formatted as a number");
    }
    int length = text.codePointCount(0, text.length());
    int kept = precision.map(most -> Math.min(most, length)).orElse(length);
    String cut = text.substring(0, text.offsetByCodePoints(0, kept));
    return padded(cut, Padding.Side.LEFT, meter);
  }

  private String padded(String text, Padding.Side usual, Meter meter) {
    Padding.Side side =
        switch (align.orElse(' ')) {
          case '<' -> Padding.Side.LEFT;
          case '>' -> Padding.Side.RIGHT;
          case '^' -> Padding.Side.MIDDLE;
          default -> usual;
        };
    if (side == Padding.Side.MIDDLE) {
      // Here the odd one goes to the right, whatever the width.
      int missing = Math.max(0, width - text.codePointCount(0, text.length()));
      String left = new TextBuilder(meter).repeat(fill, missing / 2).append(text).toString();
      return Padding.pad(left, width, fill, Padding.Side.LEFT, meter);
    }
    return Padding.pad(text, width, fill, side, meter);
  }

  private String number(String number, Meter meter) {
    String signed = number.startsWith("-") || sign == '-' ? number : sign + number;
    if (!align.equals(Optional.of('='))) {
      return padded(signed, Padding.Side.RIGHT, meter);
    }
    int prefix = signed.startsWith("-") || sign != '-' ? 1 : 0;
    int wanted = width - prefix;
    return signed.substring(0, prefix)
        + Padding.pad(signed.substring(prefix), wanted, fill, Padding.Side.RIGHT, meter);
  }

  private String whole(BigInteger value) {
    String digits =
        switch (type.orElse('d')) {
          case 'd', 'n' -> grouped(value.abs().toString());
          case 'b' -> (alternate ? "0b" : "") + value.abs().toString(2);
          case 'o' -> (alternate ? "0o" : "") + value.abs().toString(8);
          case 'x' -> (alternate ? "0x" : "") + value.abs().toString(16);
          case 'X' ->
              (alternate ? "0X" : "") + value.abs().toString(16).toUpperCase(java.util.Locale.ROOT);
          default -> throw new Fault("A whole number has no format " + type.get());
        };
    return (value.signum() < 0 ? "-" : "") + digits;
  }

  private String real(double value, Meter meter) {
    if (type.isEmpty() && precision.isEmpty()) {
      return grouped(Numbers.text(value, meter));
    }
    char form = type.orElse('g');
    if ("eEfFgG%".indexOf(form) < 0) {
      throw new Fault("A float has no format " + form);
    }
    return grouped(FloatFormat.format(value, form, precision.orElse(6), meter));
  }

  /** With a mark between groups of three digits before the point. */
  private String grouped(String number) {
    if (grouping.isEmpty()) {
      return number;
    }
    int start = number.startsWith("-") ? 1 : 0;
    int point = start;
    while (point < number.length() && Characters.isDigit(number.charAt(point))) {
      point++;
    }
    StringBuilder grouped = new StringBuilder(number);
    for (int i = point - GROUP; i > start; i -= GROUP) {
      grouped.insert(i, grouping.get());
    }
    return grouped.toString();
  }
}
