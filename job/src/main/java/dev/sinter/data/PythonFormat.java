/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A template with columns in braces, as Python's {@code str.format} takes it: {@code {question}},
 * {@code {answers[text][0]}}, and doubled braces for braces.
 *
 * @param source as it was written
 */
record PythonFormat(String source, List<Piece> pieces) implements Serializable {
  private static final Pattern PIECE =
      Pattern.compile("\\{\\{|\\}\\}|\\{(?<field>[^{}]*)\\}|(?<stray>[{}])|[^{}]+");
  private static final Pattern FIELD =
      Pattern.compile("(?<column>[^\\[\\].!:]+)(?<path>(?:\\[[^\\[\\]]+\\])*)");
  private static final Pattern STEP = Pattern.compile("\\[([^\\[\\]]+)\\]");
  private static final Pattern INDEX = Pattern.compile("\\d{1,9}");

  PythonFormat {
    pieces = List.copyOf(pieces);
  }

  /** A part of the template. */
  sealed interface Piece extends Serializable {}

  /** Text that stays. */
  record Literal(String text) implements Piece {}

  /** A column, and the way to what is meant in it. */
  record Field(String column, List<String> path) implements Piece {}

  static PythonFormat parse(String source) {
    List<Piece> pieces = new ArrayList<>();
    Matcher matcher = PIECE.matcher(source);
    while (matcher.find()) {
      if (matcher.group("stray") != null) {
        throw new RequestException(
            "The template "
                + quoted(source)
                + " has a lone "
                + matcher.group()
                + " at "
                + matcher.start()
                + "; write it twice if it is meant as such");
      }
      String text = matcher.group();
      if (matcher.group("field") != null) {
        pieces.add(field(source, matcher.group("field")));
      } else {
        pieces.add(new Literal(text.equals("{{") || text.equals("}}") ? text.substring(1) : text));
      }
    }
    return new PythonFormat(source, pieces);
  }

  private static Field field(String source, String text) {
    Matcher field = FIELD.matcher(text);
    if (!field.matches()) {
      throw new RequestException(
          "The template "
              + quoted(source)
              + " has {"
              + text
              + "}; what is read is {column}, or {column[name][0]} for a part of one");
    }
    List<String> path =
        STEP.matcher(field.group("path")).results().map(step -> step.group(1)).toList();
    return new Field(field.group("column"), path);
  }

  private static String quoted(String source) {
    return "\"" + source.replace("\n", "\\n") + "\"";
  }

  /** The columns that are named. */
  List<String> columns() {
    return pieces.stream()
        .flatMap(piece -> piece instanceof Field field ? Stream.of(field.column()) : Stream.empty())
        .distinct()
        .toList();
  }

  /** The text; none if a column has no value. */
  Optional<String> format(Json.Obj values) throws SampleException {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      if (piece instanceof Literal literal) {
        text.append(literal.text());
        continue;
      }
      Optional<String> value = value((Field) piece, values);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      text.append(value.get());
    }
    return Optional.of(text.toString());
  }

  private static Optional<String> value(Field field, Json.Obj values) throws SampleException {
    Json value = values.members().getOrDefault(field.column(), new Json.Null());
    StringBuilder at = new StringBuilder(field.column());
    for (String step : field.path()) {
      at.append('[').append(step).append(']');
      value = step(value, step);
      if (value == null) {
        throw new SampleException("has no " + at);
      }
    }
    if (value instanceof Json.Null) {
      return Optional.empty();
    }
    if (value instanceof Json.Obj || value instanceof Json.Arr) {
      throw new SampleException(
          "has "
              + Messages.kind(value)
              + " as "
              + at
              + "; name a part of it, such as {"
              + at
              + "[0]}");
    }
    return Optional.of(scalar(value));
  }

  /** Null if there is no such part. */
  private static Json step(Json value, String step) {
    if (value instanceof Json.Obj object) {
      return object.members().get(step);
    }
    if (value instanceof Json.Arr array && INDEX.matcher(step).matches()) {
      int index = Integer.parseInt(step);
      return index < array.items().size() ? array.items().get(index) : null;
    }
    return null;
  }

  private static String scalar(Json value) {
    if (value instanceof Json.Bool bool) {
      return bool.value() ? "True" : "False";
    }
    return value instanceof Json.Num number ? number.text() : ((Json.Str) value).value();
  }
}
