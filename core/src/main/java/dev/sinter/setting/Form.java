/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.setting;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What values a setting takes. */
public sealed interface Form {
  /** How much of a wrong value a message shows. */
  int SHOWN = 100;

  /** What a value must be, to follow "must be". */
  String expected();

  boolean fits(Json value);

  /** The form in JSON Schema. */
  Json.Obj schema();

  /** Whether a value fits; if not, that is a problem. */
  default boolean check(String name, YamlNode value, Problems problems) {
    if (!fits(value.json())) {
      problems.add(value.place(), name + " must be " + expected() + ", not " + shown(value));
      return false;
    }
    return true;
  }

  private static String shown(YamlNode value) {
    String found = JsonWriter.compact(value.json());
    return found.length() <= SHOWN ? found : found.substring(0, SHOWN) + "...";
  }

  /** Any text. */
  record Text() implements Form {
    @Override
    public String expected() {
      return "a text";
    }

    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Str;
    }

    @Override
    public Json.Obj schema() {
      return Json.object("type", "string");
    }
  }

  /** One of some words, in any case. */
  record Word(List<String> words) implements Form {
    public Word {
      words = List.copyOf(words);
    }

    @Override
    public String expected() {
      return "one of " + String.join(", ", words);
    }

    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Str text
          && words.contains(text.value().toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean check(String name, YamlNode value, Problems problems) {
      if (!fits(value.json()) && value.json() instanceof Json.Str text) {
        String hint = Nearest.hint(text.value(), words);
        problems.add(
            value.place(),
            name
                + " must be "
                + expected()
                + ", not "
                + value.kind()
                + (hint.isEmpty() ? "" : "." + hint));
        return false;
      }
      return Form.super.check(name, value, problems);
    }

    @Override
    public Json.Obj schema() {
      List<String> spelled = new ArrayList<>(words);
      words.forEach(word -> spelled.add(word.toUpperCase(Locale.ROOT)));
      return Json.object("type", "string", "enum", spelled);
    }
  }

  /** True or false. */
  record Flag() implements Form {
    @Override
    public String expected() {
      return "true or false";
    }

    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Bool;
    }

    @Override
    public Json.Obj schema() {
      return Json.object("type", "boolean");
    }
  }

  /** A whole number within bounds. */
  record Whole(long low, long high) implements Form {
    /** A whole number of at least one. */
    public static final Whole POSITIVE = new Whole(1, Integer.MAX_VALUE);

    @Override
    public String expected() {
      if (equals(POSITIVE)) {
        return "a positive whole number up to " + high;
      }
      return high == Long.MAX_VALUE
          ? "a whole number from " + low
          : "a whole number from " + low + " to " + high;
    }

    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Num number
          && number.isInteger()
          && number.text().length() <= 18
          && number.asLong() >= low
          && number.asLong() <= high;
    }

    @Override
    public Json.Obj schema() {
      Json.Obj schema = Json.object("type", "integer", "minimum", low);
      return high == Long.MAX_VALUE ? schema : schema.with("maximum", Json.of(high));
    }
  }

  /** A number within bounds, which may be met. */
  record Real(double low, double high) implements Form {
    /** Any number. */
    public static final Real ANY = new Real(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** A number of at least zero. */
    public static final Real POSITIVE = new Real(0, Double.POSITIVE_INFINITY);

    /** A part of a whole. */
    public static final Real FRACTION = new Real(0, 1);

    @Override
    public String expected() {
      if (Double.isInfinite(low)) {
        return "a number";
      }
      return Double.isInfinite(high)
          ? "a number from " + text(low)
          : "a number between " + text(low) + " and " + text(high);
    }

    private static String text(double bound) {
      return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }

    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Num number
          && number.asDouble() >= low
          && number.asDouble() <= high;
    }

    @Override
    public Json.Obj schema() {
      Json.Obj schema = Json.object("type", "number");
      if (!Double.isInfinite(low)) {
        schema = schema.with("minimum", Json.of(low));
      }
      return Double.isInfinite(high) ? schema : schema.with("maximum", Json.of(high));
    }
  }

  /** A list of values of one form. */
  record ListOf(Form item) implements Form {
    @Override
    public String expected() {
      return "a list, each item " + item.expected();
    }

    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Arr array && array.items().stream().allMatch(item::fits);
    }

    @Override
    public boolean check(String name, YamlNode value, Problems problems) {
      if (!(value instanceof YamlNode.Sequence list)) {
        return Form.super.check(name, value, problems);
      }
      boolean sound = true;
      for (YamlNode entry : list.items()) {
        sound &= item.check("each item of " + name, entry, problems);
      }
      return sound;
    }

    @Override
    public Json.Obj schema() {
      return Json.object("type", "array", "items", item.schema());
    }
  }

  /** A value of one of several forms. */
  record Either(List<Form> forms) implements Form {
    public Either {
      forms = List.copyOf(forms);
    }

    @Override
    public String expected() {
      return forms.stream().map(Form::expected).distinct().collect(Collectors.joining(" or "));
    }

    @Override
    public boolean fits(Json value) {
      return forms.stream().anyMatch(form -> form.fits(value));
    }

    /** A map or a list is held against the one form that takes such; else any may fit. */
    @Override
    public boolean check(String name, YamlNode value, Problems problems) {
      for (Form form : forms) {
        boolean meant =
            (value instanceof YamlNode.Mapping && form instanceof Table)
                || (value instanceof YamlNode.Sequence && form instanceof ListOf);
        if (meant) {
          return form.check(name, value, problems);
        }
      }
      return Form.super.check(name, value, problems);
    }

    @Override
    public Json.Obj schema() {
      return Json.object("anyOf", forms.stream().map(Form::schema).toList());
    }
  }

  /** Settings by name. */
  record Table(SettingTable table) implements Form {
    @Override
    public String expected() {
      return "a map of settings";
    }

    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Obj;
    }

    @Override
    public boolean check(String name, YamlNode value, Problems problems) {
      if (!(value instanceof YamlNode.Mapping mapping)) {
        return Form.super.check(name, value, problems);
      }
      return new Settings(table, mapping, mapping.place(), problems).isSound();
    }

    @Override
    public Json.Obj schema() {
      return table.schema();
    }
  }

  /** A text of a certain shape. */
  record Shaped(String expected, String regex) implements Form {
    @Override
    public boolean fits(Json value) {
      return value instanceof Json.Str text && text.value().matches(regex);
    }

    @Override
    public Json.Obj schema() {
      return Json.object("type", "string", "pattern", "^(" + regex + ")$");
    }
  }

  /**
   * A setting that another tool has and that cannot be changed here: its one value, or nothing.
   *
   * @param because why
   */
  record Fixed(Json value, String because) implements Form {
    @Override
    public String expected() {
      String only = value instanceof Json.Null ? "left out" : JsonWriter.compact(value);
      return only + " (" + because + ")";
    }

    @Override
    public boolean fits(Json given) {
      return given.equals(value) || given instanceof Json.Null;
    }

    @Override
    public Json.Obj schema() {
      return Json.object("enum", List.of(value));
    }
  }

  /** What is looked at by the method itself. */
  record Other(String expected) implements Form {
    @Override
    public boolean fits(Json value) {
      return true;
    }

    @Override
    public Json.Obj schema() {
      return Json.object();
    }
  }

  /** A text, or a list of texts. */
  static Form texts() {
    return new Texts();
  }

  /** A text or a list of texts, as one form, so that messages stay short. */
  record Texts() implements Form {
    @Override
    public String expected() {
      return "a text or a list of texts";
    }

    @Override
    public boolean fits(Json value) {
      return !Settings.texts(value).isEmpty() || value.equals(new Json.Arr(List.of()));
    }

    @Override
    public Json.Obj schema() {
      Json.Obj text = Json.object("type", "string");
      return Json.object("anyOf", List.of(text, Json.object("type", "array", "items", text)));
    }
  }

  /** One of these words. */
  static Form word(String... words) {
    return new Word(List.of(words));
  }

  /** One of these forms. */
  static Form either(Form... forms) {
    List<Form> all = new ArrayList<>(List.of(forms));
    return new Either(all);
  }
}
