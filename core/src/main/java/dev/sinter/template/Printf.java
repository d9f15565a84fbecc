/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The % operator of texts. */
final class Printf {
  private static final Pattern FIELD =
      Pattern.compile(
          "%(?:\\(([^)]*)\\))?([-+ #0]*)(\\*|\\d+)?(?:\\.(\\*|\\d*))?[hlL]?(.)", Pattern.DOTALL);

  private final Value argument;
  private final Iterator<Value> arguments;
  private final Meter meter;
  private final TextBuilder out;

  private Printf(Value argument, Meter meter) {
    this.argument = argument;
    this.arguments =
        (argument instanceof Value.Tuple tuple ? tuple.items() : List.of(argument)).iterator();
    this.meter = meter;
    this.out = new TextBuilder(meter);
  }

  /** One field and how it wants its value. */
  private record Field(Optional<String> key, String flags, long width, int precision, char type) {
    boolean has(char flag) {
      return flags.indexOf(flag) >= 0;
    }
  }

  static String format(String format, Value argument, Meter meter) {
    meter.read(format.length());
    Printf printf = new Printf(argument, meter);
    Matcher fields = FIELD.matcher(format);
    int done = 0;
    while (fields.find(done)) {
      printf.literal(format.substring(done, fields.start()));
      printf.field(fields);
      done = fields.end();
    }
    printf.literal(format.substring(done));
    boolean unread = printf.arguments.hasNext() && !(argument instanceof Dict);
    if (unread) {
      throw new Fault("The format '" + format + "' has no place for all of its values");
    }
    return printf.out.toString();
  }

  private void literal(String text) {
    if (text.indexOf('%') >= 0) {
      throw new Fault(
          "A percent sign of the format has no letter that says what to write; double it for itself");
    }
    out.append(text);
  }

  private void field(Matcher found) {
    char type = found.group(5).charAt(0);
    long width = found.group(3) == null ? 0 : number(found.group(3));
    int precision = found.group(4) == null ? -1 : (int) number(found.group(4));
    String flags = width < 0 ? found.group(2) + "-" : found.group(2);
    Field field =
        new Field(Optional.ofNullable(found.group(1)), flags, Math.abs(width), precision, type);
    if (type == '%') {
      out.append('%');
      return;
    }
    Value value = field.key().map(this::member).orElseGet(this::next);
    String text = text(field, value);
    if (field.has('-')) {
      out.append(Padding.pad(text, field.width(), " ", Padding.Side.LEFT, meter));
    } else if (field.has('0') && "sracC".indexOf(type) < 0) {
      int prefix = text.startsWith("-") || text.startsWith("+") || text.startsWith(" ") ? 1 : 0;
      out.append(Padding.zeros(text, prefix, field.width(), meter));
    } else {
      out.append(Padding.pad(text, field.width(), " ", Padding.Side.RIGHT, meter));
    }
  }

  private long number(String text) {
    if (text.equals("*")) {
      return Numbers.whole(next())
          .map(BigInteger::intValueExact)
          .orElseThrow(() -> new Fault("The * of a format needs a whole number"));
    }
    return text.isEmpty()
        ? 0
        : Math.min(
            Integer.MAX_VALUE, Long.parseLong(text.substring(0, Math.min(18, text.length()))));
  }

  private Value next() {
    if (!arguments.hasNext()) {
      throw new Fault("The format has more places than values");
    }
    return arguments.next();
  }

  private Value member(String key) {
    if (!(argument instanceof Dict dict)) {
      throw new Fault("The format asks for " + key + " by name, of no dict");
    }
    return dict.find(key)
        .orElseThrow(() -> new Fault("The format asks for " + key + ": no such key"));
  }

  private String text(Field field, Value value) {
    return switch (field.type()) {
      case 's' -> cut(Printing.str(value, meter), field.precision());
      case 'r', 'a' -> cut(Printing.repr(value, meter), field.precision());
      case 'd', 'i', 'u' -> whole(field, integer(value), 10);
      case 'x' -> whole(field, integer(value), 16);
      case 'X' -> whole(field, integer(value), 16).toUpperCase(Locale.ROOT);
      case 'o' -> whole(field, integer(value), 8);
      case 'e', 'E', 'f', 'F', 'g', 'G' -> {
        int precision = field.precision() < 0 ? 6 : field.precision();
        yield signed(
            field, FloatFormat.format(Numbers.asDouble(value), field.type(), precision, meter));
      }
      case 'c' -> character(value);
      default -> throw new Fault("A format knows no letter " + field.type());
    };
  }

  private static String cut(String text, int precision) {
    boolean cut = precision >= 0 && precision < text.codePointCount(0, text.length());
    return cut ? text.substring(0, text.offsetByCodePoints(0, precision)) : text;
  }

  private static BigInteger integer(Value value) {
    return value instanceof Value.Real real
        ? Numbers.whole(Numbers.truncated(real.value())).orElseThrow()
        : Numbers.whole(value)
            .orElseThrow(() -> new Fault("A format needs a number, found a " + Values.type(value)));
  }

  private String whole(Field field, BigInteger value, int radix) {
    String digits = value.abs().toString(radix);
    String padded = Padding.pad(digits, field.precision(), "0", Padding.Side.RIGHT, meter);
    String prefix = !field.has('#') || radix == 10 ? "" : radix == 16 ? "0x" : "0o";
    return signed(field, (value.signum() < 0 ? "-" : "") + prefix + padded);
  }

  private static String signed(Field field, String number) {
    if (number.startsWith("-")) {
      return number;
    }
    return (field.has('+') ? "+" : field.has(' ') ? " " : "") + number;
  }

  private static String character(Value value) {
    if (value instanceof Value.Text text
        && text.value().codePointCount(0, text.value().length()) == 1) {
      return text.value();
    }
    return Numbers.whole(value)
        .filter(code -> code.signum() >= 0 && code.bitLength() <= 21)
        .map(BigInteger::intValue)
        .filter(Character::isValidCodePoint)
        .map(Character::toString)
        .orElseThrow(
            () -> new Fault("The format c needs one character, found a " + Values.type(value)));
  }
}
