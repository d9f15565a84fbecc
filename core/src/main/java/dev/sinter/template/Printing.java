/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What Python's str and repr write. */
final class Printing {
  private final TextBuilder out;
  private final Meter meter;

  private Printing(Meter meter) {
    this.out = new TextBuilder(meter);
    this.meter = meter;
  }

  /** What printing a value writes. */
  static String str(Value value, Meter meter) {
    Optional<String> text = Values.text(value);
    if (text.isPresent()) {
      return text.get();
    }
    return value instanceof Undefined ? "" : repr(value, meter);
  }

  /** The value as one would write it in a program. */
  static String repr(Value value, Meter meter) {
    Printing printing = new Printing(meter);
    printing.print(value);
    return printing.out.toString();
  }

  /** A value for a message, not all of it if it is long. */
  static String shown(Value value, Meter meter) {
    String text = repr(value, meter);
    return text.length() <= 60 ? text : text.substring(0, 60) + "..";
  }

  private void print(Value value) {
    meter.step();
    meter.enter();
    if (value instanceof Value.Bool bool) {
      out.append(bool.value() ? "True" : "False");
    } else if (value instanceof Value.Int number) {
      out.append(number.value().toString());
    } else if (value instanceof Value.Real number) {
      out.append(Numbers.text(number.value(), meter));
    } else if (value instanceof Value.Text text) {
      quote(text.value());
    } else if (value instanceof Value.Safe text) {
      out.append("Markup(");
      quote(text.value());
      out.append(')');
    } else if (value instanceof Value.Items list) {
      items("[", list.items(), "]");
    } else if (value instanceof Value.Tuple tuple) {
      items("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")");
    } else if (value instanceof Dict dict) {
      members(dict);
    } else {
      others(value);
    }
    meter.leave();
  }

  private void others(Value value) {
    if (value instanceof Value.None) {
      out.append("None");
    } else if (value instanceof Undefined) {
      out.append("Undefined");
    } else if (value instanceof Value.View view) {
      out.append(view.kind()).append('(');
      items("[", view.items(), "]");
      out.append(')');
    } else if (value instanceof Value.Range range) {
      out.append("range(" + range.start() + ", " + range.stop());
      out.append(range.step() == 1 ? ")" : ", " + range.step() + ")");
    } else if (value instanceof Namespace namespace) {
      out.append("<Namespace ");
      members(Dict.of(namespace.attributes()));
      out.append('>');
    } else if (value instanceof LoopState loop) {
      out.append("<LoopContext " + loop.turn() + "/" + loop.length() + ">");
    } else if (value instanceof Value.Function function) {
      throw new Fault(function.name() + " is a function and has no text; a call may be meant");
    } else {
      throw new Fault("The " + Values.type(value) + " has no text; write | list behind it");
    }
  }

  private void items(String begin, List<Value> items, String end) {
    out.append(begin);
    for (Iterator<Value> i = items.iterator(); i.hasNext(); ) {
      print(i.next());
      out.append(i.hasNext() ? ", " : "");
    }
    out.append(end);
  }

  private void members(Dict dict) {
    out.append('{');
    for (Iterator<Dict.Entry> i = dict.entries().iterator(); i.hasNext(); ) {
      Dict.Entry entry = i.next();
      print(entry.key());
      out.append(": ");
      print(entry.value());
      out.append(i.hasNext() ? ", " : "");
    }
    out.append('}');
  }

  private static final Map<Integer, String> ESCAPES =
      Map.of((int) '\\', "\\\\", (int) '\n', "\\n", (int) '\r', "\\r", (int) '\t', "\\t");

  private void quote(String text) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(c -> character(c, quote));
    out.append(quote);
  }

  private void character(int c, char quote) {
    if (c == quote) {
      out.append('\\').append(quote);
    } else if (ESCAPES.containsKey(c)) {
      out.append(ESCAPES.get(c));
    } else if (Characters.isPrintable(c)) {
      out.append(Character.toString(c));
    } else {
      String format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
      out.append(String.format(Locale.ROOT, format, c));
    }
  }
}
