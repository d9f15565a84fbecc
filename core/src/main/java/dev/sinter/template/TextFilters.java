/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static dev.sinter.template.Builtin.of;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Filters that make texts. */
final class TextFilters {
  /** Where the filter title begins a new word; the method of texts has other rules. */
  private static final Pattern WORD_START =
      Pattern.compile("(?<=[-\\s({\\[<])(?![-\\s({\\[<])", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern WORD = Pattern.compile("\\w++", Pattern.UNICODE_CHARACTER_CLASS);
  private static final String UNQUOTED = "_.-~/";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  static final Map<String, Builtin> ALL =
      Builtin.table(
          made("capitalize", Letters::capitalized),
          made("lower", Letters::lower),
          made("upper", Letters::upper),
          made("title", TextFilters::title),
          of("string(value)", TextFilters::string),
          of("trim(value, chars=)", call -> Trimming.both(plain(call))),
          of("center(value, width=)", TextFilters::center),
          of("replace(s, old, new, count=)", TextFilters::replace),
          of("format(value, *)", TextFilters::format),
          of("indent(s, width=, first=, blank=)", TextFilters::indent),
          of("truncate(s, length=, killwords=, end=, leeway=)", TextFilters::truncate),
          of("wordcount(s)", call -> Value.of(WORD.matcher(read(call)).results().count())),
          of("join(value, d=, attribute=)", TextFilters::join),
          of("urlencode(value)", TextFilters::urlencode),
          of("tojson(x, ensure_ascii=, indent=, separators=, sort_keys=)", TextFilters::json),
          of("safe(value)", call -> new Value.Safe(call.str(0))),
          of(
              "escape(value)",
              call -> new Value.Safe(Escaping.escaped(call.value(0), call.meter()))),
          of("e(value)", call -> new Value.Safe(Escaping.escaped(call.value(0), call.meter()))),
          of(
              "forceescape(value)",
              call -> new Value.Safe(Escaping.escaped(Value.of(call.str(0)), call.meter()))));

  private TextFilters() {}

  private static Builtin made(String name, Function<String, String> made) {
    return of(
        name + "(s)",
        call -> {
          String text = str(call);
          call.meter().scan(text);
          return Value.of(made.apply(text));
        });
  }

  /** The text of the value; what is marked safe would have to stay so. */
  private static String str(Call call) {
    if (call.value(0) instanceof Value.Safe) {
      throw new Fault(call.name() + " is not for text that is marked safe; write | safe behind it");
    }
    return call.str(0);
  }

  private static String read(Call call) {
    String text = str(call);
    call.meter().scan(text);
    return text;
  }

  /** The call with the text of its value in the value's place. */
  private static Call plain(Call call) {
    List<Optional<Value>> values = new ArrayList<>(List.of(Optional.of(Value.of(str(call)))));
    values.addAll(call.values().subList(1, call.values().size()));
    return new Call(call.name(), values, call.further(), call.meter());
  }

  private static Value string(Call call) {
    return call.value(0) instanceof Value.Safe safe ? safe : Value.of(call.str(0));
  }

  private static String title(String text) {
    return WORD_START
        .splitAsStream(text)
        .filter(word -> !word.isEmpty())
        .map(TextFilters::titled)
        .collect(Collectors.joining());
  }

  private static String titled(String word) {
    int second = word.offsetByCodePoints(0, 1);
    return Letters.upper(word.substring(0, second)) + Letters.lower(word.substring(second));
  }

  private static Value center(Call call) {
    return Value.of(
        Padding.pad(str(call), call.whole(1, 80), " ", Padding.Side.MIDDLE, call.meter()));
  }

  private static Value replace(Call call) {
    int most = call.whole(3, -1);
    return Value.of(Searching.replace(call.str(0), call.str(1), call.str(2), most, call.meter()));
  }

  private static Value format(Call call) {
    Value.Arguments given = call.further();
    if (!given.positional().isEmpty() && !given.named().isEmpty()) {
      throw new Fault("format takes values or names, not both");
    }
    Value argument =
        given.named().isEmpty() ? new Value.Tuple(given.positional()) : Dict.of(given.named());
    return Value.of(Printf.format(str(call), argument, call.meter()));
  }

  private static Value indent(Call call) {
    Optional<String> margin = call.given(1).flatMap(Values::text);
    String indent =
        margin.orElseGet(
            () -> new TextBuilder(call.meter()).repeat(" ", call.whole(1, 4)).toString());
    boolean blank = call.isTrue(3);
    List<String> lines = Words.lines(call.text(0) + "\n", Words.LineEnds.DROPPED, call.meter());
    TextBuilder out = new TextBuilder(call.meter());
    out.append(call.isTrue(2) ? indent : "").append(lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      out.append('\n').append(blank || !line.isEmpty() ? indent : "").append(line);
    }
    return Value.of(out.toString());
  }

  private static Value truncate(Call call) {
    String text = call.text(0);
    int length = call.whole(1, 255);
    String end = call.text(3, "...");
    int kept = length - end.codePointCount(0, end.length());
    if (kept < 0) {
      throw new Fault("truncate to " + length + " leaves no room for its end");
    }
    call.meter().read(text.length());
    if (text.codePointCount(0, text.length()) <= (long) length + call.whole(4, 5)) {
      return Value.of(text);
    }
    String cut = text.substring(0, text.offsetByCodePoints(0, kept));
    boolean words = !call.isTrue(2) && cut.indexOf(' ') >= 0;
    return Value.of((words ? cut.substring(0, cut.lastIndexOf(' ')) : cut) + end);
  }

  private static Value join(Call call) {
    TextBuilder joined = new TextBuilder(call.meter());
    Lookup attribute = Lookup.of(call, 2);
    String separator = "";
    for (Value item : call.all(0)) {
      joined.append(separator).append(Printing.str(attribute.in(item), call.meter()));
      separator = call.values().get(1).isPresent() ? call.str(1) : "";
    }
    return Value.of(joined.toString());
  }

  private static Value urlencode(Call call) {
    Value value = call.value(0);
    if (Values.text(value).isPresent() || !Values.isIterable(value)) {
      return Value.of(quoted(call.str(0), UNQUOTED, call.meter()));
    }
    List<Value> pairs = value instanceof Dict dict ? CollectionMethods.items(dict) : call.all(0);
    TextBuilder query = new TextBuilder(call.meter());
    String separator = "";
    for (Value pair : pairs) {
      List<Value> parts = Values.all(pair, call.meter());
      if (parts.size() != 2) {
        throw new Fault("urlencode needs pairs, found " + parts.size() + " values");
      }
      query.append(separator).append(forQuery(parts.get(0), call.meter()));
      query.append('=').append(forQuery(parts.get(1), call.meter()));
      separator = "&";
    }
    return Value.of(query.toString());
  }

  private static String forQuery(Value value, Meter meter) {
    String unquoted = UNQUOTED.substring(0, UNQUOTED.length() - 1);
    return quoted(Printing.str(value, meter), unquoted, meter).replace("%20", "+");
  }

  private static String quoted(String text, String plain, Meter meter) {
    TextBuilder out = new TextBuilder(meter);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean letter = b >= 0 && Character.isLetterOrDigit(b);
      if (letter || (b > 0 && plain.indexOf(b) >= 0)) {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.toHexDigits(b));
      }
    }
    return out.toString();
  }

  private static Value json(Call call) {
    Optional<String> indent =
        call.given(2)
            .map(
                given ->
                    Values.text(given)
                        .orElseGet(
                            () ->
                                new TextBuilder(call.meter())
                                    .repeat(" ", call.whole(2))
                                    .toString()));
    List<Value> separators =
        call.given(3)
            .map(given -> Values.all(given, call.meter()))
            .orElse(List.of(Value.of(indent.isPresent() ? "," : ", "), Value.of(": ")));
    if (separators.size() != 2) {
      throw new Fault("tojson needs two separators, found " + separators.size());
    }
    JsonText text =
        new JsonText(
            call.isTrue(1),
            indent,
            Printing.str(separators.get(0), call.meter()),
            Printing.str(separators.get(1), call.meter()),
            call.isTrue(4),
            call.meter());
    return Value.of(text.of(call.value(0)));
  }
}
