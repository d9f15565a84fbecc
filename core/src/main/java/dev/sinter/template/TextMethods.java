/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** The methods of texts. */
final class TextMethods {
  /** What texts have in Python and not here. */
  static final Set<String> REFUSED = Set.of("casefold", "encode", "maketrans", "translate");

  static final Map<String, Builtin> ALL =
      Builtin.table(
          made("capitalize", Letters::capitalized),
          made("lower", Letters::lower),
          made("swapcase", Letters::swapped),
          made("title", Letters::title),
          made("upper", Letters::upper),
          asked("isalnum", text -> Letters.all(text, Letters::isAlphanumeric)),
          asked("isalpha", text -> Letters.all(text, Character::isLetter)),
          asked("isascii", text -> text.chars().allMatch(c -> c < 0x80)),
          asked("isdecimal", text -> Letters.all(text, Letters::isDecimal)),
          asked("isdigit", text -> Letters.all(text, Letters::isDigit)),
          asked("isidentifier", text -> text.matches("[\\p{L}_][\\p{L}\\p{Nd}_]*+")),
          asked("islower", text -> Letters.hasCase(text, Letters::isLower)),
          asked("isnumeric", text -> Letters.all(text, Letters::isNumeric)),
          asked("isprintable", text -> text.codePoints().allMatch(Characters::isPrintable)),
          asked("isspace", text -> Letters.all(text, Characters::isSpace)),
          asked("istitle", Letters::isTitle),
          asked("isupper", text -> Letters.hasCase(text, Letters::isUpper)),
          of("center(self, width, fillchar=)", call -> padded(call, Padding.Side.MIDDLE)),
          of("ljust(self, width, fillchar=)", call -> padded(call, Padding.Side.LEFT)),
          of("rjust(self, width, fillchar=)", call -> padded(call, Padding.Side.RIGHT)),
          of("zfill(self, width)", TextMethods::zfill),
          of("expandtabs(self, tabsize=)", TextMethods::expandtabs),
          of("count(self, sub, start=, end=)", TextMethods::count),
          of("find(self, sub, start=, end=)", call -> Value.of(Searching.first(call))),
          of("rfind(self, sub, start=, end=)", call -> Value.of(Searching.last(call))),
          of("index(self, sub, start=, end=)", call -> found(call, Searching.first(call))),
          of("rindex(self, sub, start=, end=)", call -> found(call, Searching.last(call))),
          of("startswith(self, prefix, start=, end=)", call -> edge(call, String::startsWith)),
          of("endswith(self, suffix, start=, end=)", call -> edge(call, String::endsWith)),
          of("strip(self, chars=)", call -> Trimming.both(call)),
          of("lstrip(self, chars=)", call -> Trimming.left(call)),
          of("rstrip(self, chars=)", call -> Trimming.right(call)),
          of("removeprefix(self, prefix)", TextMethods::removePrefix),
          of("removesuffix(self, suffix)", TextMethods::removeSuffix),
          of("replace(self, old, new, count=)", TextMethods::replace),
          of("join(self, iterable)", TextMethods::join),
          of("split(self, sep=, maxsplit=)", TextMethods::split),
          of("rsplit(self, sep=, maxsplit=)", TextMethods::rsplit),
          of("splitlines(self, keepends=)", TextMethods::splitlines),
          of("partition(self, sep)", TextMethods::partition),
          of("rpartition(self, sep)", TextMethods::rpartition),
          of("format(self, *)", call -> formatted(call, call.further())),
          of("format_map(self, mapping)", TextMethods::formatMap));

  private TextMethods() {}

  private static Builtin made(String name, Function<String, String> made) {
    return of(
        name + "(self)",
        call -> {
          call.meter().scan(call.text(0));
          return Value.of(made.apply(call.text(0)));
        });
  }

  private static Builtin asked(String name, Predicate<String> test) {
    return of(
        name + "(self)",
        call -> {
          call.meter().scan(call.text(0));
          return Value.of(test.test(call.text(0)));
        });
  }

  private static Value padded(Call call, Padding.Side side) {
    String fill = call.text(2, " ");
    if (fill.codePointCount(0, fill.length()) != 1) {
      throw new Fault(call.name() + " fills with one character, found '" + fill + "'");
    }
    return Value.of(Padding.pad(call.text(0), call.whole(1), fill, side, call.meter()));
  }

  private static Value zfill(Call call) {
    String text = call.text(0);
    int prefix = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    return Value.of(Padding.zeros(text, prefix, call.whole(1), call.meter()));
  }

  private static Value expandtabs(Call call) {
    int size = call.whole(1, 8);
    TextBuilder expanded = new TextBuilder(call.meter());
    long column = 0;
    for (int c : call.text(0).codePoints().toArray()) {
      if (c == '\t') {
        long spaces = size > 0 ? size - column % size : 0;
        expanded.repeat(" ", spaces);
        column += spaces;
      } else {
        expanded.append(Character.toString(c));
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
    return Value.of(expanded.toString());
  }

  private static Value count(Call call) {
    Searching.Part part = Searching.part(call);
    String wanted = call.text(1);
    if (wanted.isEmpty()) {
      return Value.of(part.valid() ? part.text().codePointCount(0, part.text().length()) + 1L : 0);
    }
    call.meter().search(part.text(), wanted);
    long count = 0;
    for (int at = part.text().indexOf(wanted); at >= 0; count++) {
      at = part.text().indexOf(wanted, at + wanted.length());
    }
    return Value.of(count);
  }

  private static Value found(Call call, long place) {
    if (place < 0) {
      throw new Fault(call.name() + " finds no '" + call.text(1) + "' in the text");
    }
    return Value.of(place);
  }

  /** How a text begins or ends. */
  private interface Edge {
    boolean holds(String text, String wanted);
  }

  private static Value edge(Call call, Edge edge) {
    Searching.Part part = Searching.part(call);
    List<Value> wanted =
        call.value(1) instanceof Value.Tuple several ? several.items() : List.of(call.value(1));
    for (Value one : wanted) {
      String text =
          Values.text(one).orElseThrow(() -> call.wrong("a text or a tuple of them", one));
      call.meter().read(text.length());
      if (part.valid() && edge.holds(part.text(), text)) {
        return Value.TRUE;
      }
    }
    return Value.FALSE;
  }

  private static Value removePrefix(Call call) {
    String text = call.text(0);
    call.meter().make(text.length());
    return Value.of(text.startsWith(call.text(1)) ? text.substring(call.text(1).length()) : text);
  }

  private static Value removeSuffix(Call call) {
    String text = call.text(0);
    String suffix = call.text(1);
    call.meter().make(text.length());
    return Value.of(
        text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
  }

  private static Value replace(Call call) {
    int most = call.whole(3, -1);
    return Value.of(
        Searching.replace(call.text(0), call.text(1), call.text(2), most, call.meter()));
  }

  private static Value join(Call call) {
    TextBuilder joined = new TextBuilder(call.meter());
    String separator = "";
    for (Value item : call.all(1)) {
      String text = Values.text(item).orElseThrow(() -> call.wrong("texts", item));
      joined.append(separator).append(text);
      separator = call.text(0);
    }
    return Value.of(joined.toString());
  }

  private static long cuts(Call call) {
    int most = call.whole(2, -1);
    return most < 0 ? Long.MAX_VALUE : most;
  }

  private static Value split(Call call) {
    Optional<Value> separator = call.given(1);
    return new Value.Items(
        separator.isEmpty()
            ? Words.split(call.text(0), cuts(call), call.meter())
            : Words.split(call.text(0), call.text(1), cuts(call), call.meter()));
  }

  private static Value rsplit(Call call) {
    Optional<Value> separator = call.given(1);
    return new Value.Items(
        separator.isEmpty()
            ? Words.splitBack(call.text(0), cuts(call), call.meter())
            : Words.splitBack(call.text(0), call.text(1), cuts(call), call.meter()));
  }

  private static Value splitlines(Call call) {
    Words.LineEnds ends = call.isTrue(1) ? Words.LineEnds.KEPT : Words.LineEnds.DROPPED;
    List<Value> lines = new ArrayList<>();
    Words.lines(call.text(0), ends, call.meter()).forEach(line -> lines.add(Value.of(line)));
    return new Value.Items(lines);
  }

  private static Value partition(Call call) {
    String separator = separator(call);
    int cut = call.text(0).indexOf(separator);
    return cut < 0 ? parts(call.text(0), "", "") : parts(call.text(0), cut, separator);
  }

  private static Value rpartition(Call call) {
    String separator = separator(call);
    int cut = call.text(0).lastIndexOf(separator);
    return cut < 0 ? parts("", "", call.text(0)) : parts(call.text(0), cut, separator);
  }

  private static String separator(Call call) {
    call.meter().search(call.text(0), call.text(1));
    if (call.text(1).isEmpty()) {
      throw new Fault(call.name() + ": an empty text separates nothing");
    }
    return call.text(1);
  }

  private static Value parts(String text, int cut, String separator) {
    return parts(text.substring(0, cut), separator, text.substring(cut + separator.length()));
  }

  private static Value parts(String before, String separator, String after) {
    return new Value.Tuple(List.of(Value.of(before), Value.of(separator), Value.of(after)));
  }

  private static Value formatted(Call call, Value.Arguments arguments) {
    return Value.of(StringFormat.format(call.text(0), arguments, call.meter()));
  }

  private static Value formatMap(Call call) {
    return formatted(call, new Value.Arguments(List.of(), Values.named(call.value(1))));
  }
}
