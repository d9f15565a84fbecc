/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A method's settings as given, read by name. A setting that nobody asked for is an error, with the
 * nearest name that there is; {@code where} says where a setting stands in its file.
 */
public final class Settings {
  /** How much of a wrong value a message shows. */
  private static final int SHOWN = 100;

  private final String modifier;
  private final Map<String, Json> values;
  private final Function<String, String> where;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> accepted = new HashSet<>();

  public Settings(
      String modifier,
      Map<String, Json> values,
      Function<String, String> where,
      Problems problems) {
    this.modifier = modifier;
    this.values = Map.copyOf(values);
    this.where = where;
    this.problems = problems;
  }

  /** Settings that stand in no file. */
  public static Settings of(String modifier, Map<String, Json> values, Problems problems) {
    return new Settings(modifier, values, name -> modifier + "." + name, problems);
  }

  private Optional<Json> value(String name) {
    known.add(name);
    return Optional.ofNullable(values.get(name));
  }

  /** Whether the setting is given, if only as null. */
  public boolean isGiven(String name) {
    return value(name).isPresent();
  }

  /** Whether the setting is given, and not as null. */
  public boolean hasValue(String name) {
    return values.containsKey(name) && !(values.get(name) instanceof Json.Null);
  }

  private Optional<Json> nonNull(String name) {
    return value(name).filter(value -> !(value instanceof Json.Null));
  }

  public Optional<String> text(String name) {
    return nonNull(name)
        .flatMap(
            value -> {
              if (value instanceof Json.Str text) {
                return Optional.of(text.value());
              }
              return wrong(name, "a text", value);
            });
  }

  /** A list of texts; a single text counts as a list of one. */
  public Optional<List<String>> texts(String name) {
    return nonNull(name)
        .flatMap(value -> texts(value).or(() -> wrong(name, "a text or a list of texts", value)));
  }

  /** A value as a list of texts, if it is one; a single text counts as a list of one. */
  public static Optional<List<String>> texts(Json value) {
    if (value instanceof Json.Str text) {
      return Optional.of(List.of(text.value()));
    }
    List<String> texts = new ArrayList<>();
    if (value instanceof Json.Arr array) {
      for (Json item : array.items()) {
        if (item instanceof Json.Str text) {
          texts.add(text.value());
        }
      }
      if (texts.size() == array.items().size()) {
        return Optional.of(texts);
      }
    }
    return Optional.empty();
  }

  /** A setting of any form. */
  public Optional<Json> json(String name) {
    return nonNull(name);
  }

  public int positive(String name, int otherwise) {
    return nonNull(name)
        .<Integer>flatMap(
            value -> {
              if (value instanceof Json.Num number
                  && number.isInteger()
                  && number.text().length() <= 9
                  && number.asLong() > 0) {
                return Optional.of((int) number.asLong());
              }
              return wrong(name, "a positive whole number", value);
            })
        .orElse(otherwise);
  }

  public double number(String name, double otherwise) {
    return nonNull(name)
        .<Double>flatMap(
            value -> {
              if (value instanceof Json.Num number) {
                return Optional.of(number.asDouble());
              }
              return wrong(name, "a number", value);
            })
        .orElse(otherwise);
  }

  public boolean flag(String name, boolean otherwise) {
    return nonNull(name)
        .<Boolean>flatMap(
            value -> {
              if (value instanceof Json.Bool bool) {
                return Optional.of(bool.value());
              }
              return wrong(name, "true or false", value);
            })
        .orElse(otherwise);
  }

  /** Accepts settings of the peers that change nothing here, and are not offered in messages. */
  public void ignored(String... names) {
    accepted.addAll(List.of(names));
  }

  public void problem(String name, String text) {
    problems.add(where.apply(name) + ": " + text);
  }

  /** Reports every setting that nobody asked for. */
  public void finish() {
    values.keySet().stream()
        .filter(name -> !known.contains(name) && !accepted.contains(name))
        .sorted()
        .forEach(
            name -> problem(name, modifier + " has no setting \"" + name + "\"." + hint(name)));
  }

  private String hint(String name) {
    String nearest = Nearest.hint(name, known);
    return nearest.isEmpty() ? " It has: " + String.join(", ", known) : nearest;
  }

  private <T> Optional<T> wrong(String name, String expected, Json value) {
    String found = JsonWriter.compact(value);
    String shown = found.length() <= SHOWN ? found : found.substring(0, SHOWN) + "...";
    problem(name, name + " must be " + expected + ", not " + shown);
    return Optional.empty();
  }
}
