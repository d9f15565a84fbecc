/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON strictly: UTF-8, no duplicate names, no deep nesting, nothing behind the value. */
public final class JsonParser {
  private static final int MAX_DEPTH = 64;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(400)
                  .build())
          .build();

  private JsonParser() {}

  /** Parses the one value in the bytes; the exception's message says what is wrong and where. */
  public static Json parse(byte[] utf8) throws JsonSyntaxException {
    String text = decode(utf8);
    try (com.fasterxml.jackson.core.JsonParser tokens = FACTORY.createParser(text)) {
      if (tokens.nextToken() == null) {
        throw new JsonSyntaxException("No JSON value found");
      }
      Json value = value(tokens);
      if (tokens.nextToken() != null) {
        throw new JsonSyntaxException("Text after the JSON value", position(tokens));
      }
      return value;
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new JsonSyntaxException(JsonSyntaxException.reason(e), position(e));
    } catch (IOException e) {
      throw new UncheckedIOException("A text in memory cannot be read", e);
    }
  }

  /** Parses the one object in the bytes. */
  public static Json.Obj parseObject(byte[] utf8) throws JsonSyntaxException {
    Json value = parse(utf8);
    if (value instanceof Json.Obj object) {
      return object;
    }
    throw new JsonSyntaxException("The JSON value is not an object");
  }

  private static String decode(byte[] utf8) throws JsonSyntaxException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new JsonSyntaxException("The text is not UTF-8");
    }
  }

  private static Json value(com.fasterxml.jackson.core.JsonParser tokens)
      throws IOException, JsonSyntaxException {
    JsonToken token = tokens.currentToken();
    return switch (token) {
      case START_OBJECT -> object(tokens);
      case START_ARRAY -> array(tokens);
      case VALUE_STRING -> new Json.Str(tokens.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(tokens.getText());
      case VALUE_TRUE -> new Json.Bool(true);
      case VALUE_FALSE -> new Json.Bool(false);
      case VALUE_NULL -> new Json.Null();
      default -> throw new JsonSyntaxException("Unexpected " + token, position(tokens));
    };
  }

  private static Json object(com.fasterxml.jackson.core.JsonParser tokens)
      throws IOException, JsonSyntaxException {
    Map<String, Json> members = new LinkedHashMap<>();
    while (tokens.nextToken() != JsonToken.END_OBJECT) {
      String name = tokens.currentName();
      if (members.containsKey(name)) {
        throw new JsonSyntaxException("The name \"" + name + "\" stands twice", position(tokens));
      }
      tokens.nextToken();
      members.put(name, value(tokens));
    }
    return new Json.Obj(members);
  }

  private static Json array(com.fasterxml.jackson.core.JsonParser tokens)
      throws IOException, JsonSyntaxException {
    List<Json> items = new ArrayList<>();
    while (tokens.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(tokens));
    }
    return new Json.Arr(items);
  }

  private static String position(com.fasterxml.jackson.core.JsonParser tokens) {
    var at = tokens.currentTokenLocation();
    return " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  private static String position(com.fasterxml.jackson.core.JacksonException e) {
    // The column of an error differs by one between the versions of Jackson that Spark brings.
    var at = e.getLocation();
    return at == null ? "" : " (line " + at.getLineNr() + ")";
  }
}
