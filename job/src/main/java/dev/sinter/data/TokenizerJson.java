/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sinter.json.Json;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.RequestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tokenizer.json on its way to the library, as Transformers changes it: tokens that only the
 * config knows are added, and what it builds anew is replaced. Read as a stream, since a vocabulary
 * is long.
 */
final class TokenizerJson {
  /** A vocabulary's names come once: there is nothing to gain by remembering them. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private static final String ADDED = "added_tokens";
  private static final String MODEL = "model";
  private static final String VOCABULARY = "vocab";

  private final String name;
  private final byte[] content;
  private final Map<String, Integer> added = new HashMap<>();
  private final Map<String, Integer> vocabulary = new HashMap<>();
  private int vocabularySize;

  private TokenizerJson(String name, byte[] content) {
    this.name = name;
    this.content = content;
  }

  /**
   * What the library is given.
   *
   * @param ids of the tokens that the config names
   */
  record Adapted(String json, Map<String, Integer> ids) {}

  static Adapted adapt(TokenizerFiles files, SpecialTokens tokens, Map<String, Json> replaced) {
    TokenizerJson json =
        new TokenizerJson(
            files.location() + "/" + TokenizerFiles.TOKENIZER,
            files.files().get(TokenizerFiles.TOKENIZER));
    try {
      return json.adapt(tokens, replaced);
    } catch (JacksonException e) {
      throw TokenizerFiles.damaged(
          files.location(),
          TokenizerFiles.TOKENIZER,
          json.content,
          JsonSyntaxException.reason(e),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("A text in memory cannot be read", e);
    }
  }

  private Adapted adapt(SpecialTokens tokens, Map<String, Json> replaced) throws IOException {
    Set<String> wanted = new HashSet<>(tokens.named().values());
    tokens.added().forEach(token -> SpecialTokens.content(token).ifPresent(wanted::add));
    survey(wanted);
    List<Json.Obj> missing = new ArrayList<>();
    for (Json.Obj token : tokens.added()) {
      String text = SpecialTokens.content(token).orElseThrow();
      if (!added.containsKey(text)) {
        int id = Optional.ofNullable(vocabulary.get(text)).orElseGet(this::nextId);
        added.put(text, id);
        missing.add(token.with("id", Json.of(id)));
      }
    }
    Map<String, Integer> ids = new HashMap<>();
    for (String text : tokens.named().values()) {
      Optional.ofNullable(added.getOrDefault(text, vocabulary.get(text)))
          .ifPresent(id -> ids.put(text, id));
    }
    boolean same = missing.isEmpty() && replaced.isEmpty();
    byte[] json = same ? content : rewritten(missing, replaced);
    return new Adapted(new String(json, StandardCharsets.UTF_8), ids);
  }

  /** Behind the vocabulary and all tokens that were added before. */
  private int nextId() {
    int last = added.values().stream().max(Integer::compare).orElse(-1);
    return Math.max(vocabularySize, last + 1);
  }

  private JsonParser open() throws IOException {
    JsonParser tokens = FACTORY.createParser(content);
    if (tokens.nextToken() != JsonToken.START_OBJECT) {
      throw new RequestException(name + ": the JSON value is not an object");
    }
    return tokens;
  }

  /** Finds the added tokens, the size of the vocabulary, and the ids of some of its tokens. */
  private void survey(Set<String> wanted) throws IOException {
    try (JsonParser tokens = open()) {
      while (tokens.nextToken() == JsonToken.FIELD_NAME) {
        String field = tokens.currentName();
        JsonToken value = tokens.nextToken();
        if (field.equals(ADDED) && value == JsonToken.START_ARRAY) {
          readAdded(tokens);
        } else if (field.equals(MODEL) && value == JsonToken.START_OBJECT) {
          readModel(tokens, wanted);
        } else {
          tokens.skipChildren();
        }
      }
    }
  }

  private void readAdded(JsonParser tokens) throws IOException {
    while (tokens.nextToken() == JsonToken.START_OBJECT) {
      String text = "";
      int id = -1;
      while (tokens.nextToken() == JsonToken.FIELD_NAME) {
        String field = tokens.currentName();
        tokens.nextToken();
        if (field.equals("content")) {
          text = tokens.getText();
        } else if (field.equals("id")) {
          id = tokens.getIntValue();
        } else {
          tokens.skipChildren();
        }
      }
      added.put(text, id);
    }
  }

  private void readModel(JsonParser tokens, Set<String> wanted) throws IOException {
    while (tokens.nextToken() == JsonToken.FIELD_NAME) {
      String field = tokens.currentName();
      JsonToken value = tokens.nextToken();
      if (field.equals(VOCABULARY) && value == JsonToken.START_OBJECT) {
        while (tokens.nextToken() == JsonToken.FIELD_NAME) {
          String text = tokens.currentName();
          tokens.nextToken();
          note(text, tokens.getIntValue(), wanted);
        }
      } else if (field.equals(VOCABULARY) && value == JsonToken.START_ARRAY) {
        // Unigram: pairs of a token and its score, whose place is the id.
        while (tokens.nextToken() == JsonToken.START_ARRAY) {
          tokens.nextToken();
          note(tokens.getText(), vocabularySize, wanted);
          tokens.nextToken();
          tokens.nextToken();
        }
      } else {
        tokens.skipChildren();
      }
    }
  }

  private void note(String text, int id, Set<String> wanted) {
    vocabularySize++;
    if (wanted.contains(text)) {
      vocabulary.put(text, id);
    }
  }

  /** The file with tokens added, and with some of its parts, or of its model's, replaced. */
  private byte[] rewritten(List<Json.Obj> missing, Map<String, Json> replaced) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 1024);
    try (JsonParser tokens = open();
        JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      while (tokens.nextToken() == JsonToken.FIELD_NAME) {
        String field = tokens.currentName();
        JsonToken value = tokens.nextToken();
        json.writeFieldName(field);
        if (field.equals(ADDED) && value == JsonToken.START_ARRAY) {
          copyAdded(tokens, missing, json);
        } else if (field.equals(MODEL) && value == JsonToken.START_OBJECT) {
          copyModel(tokens, replaced, json);
        } else {
          copy(tokens, Optional.ofNullable(replaced.get(field)), json);
        }
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void copy(JsonParser tokens, Optional<Json> instead, JsonGenerator json)
      throws IOException {
    if (instead.isPresent()) {
      tokens.skipChildren();
      json.writeRawValue(JsonWriter.compact(instead.get()));
    } else {
      json.copyCurrentStructure(tokens);
    }
  }

  private static void copyAdded(JsonParser tokens, List<Json.Obj> missing, JsonGenerator json)
      throws IOException {
    json.writeStartArray();
    while (tokens.nextToken() != JsonToken.END_ARRAY) {
      json.copyCurrentStructure(tokens);
    }
    for (Json.Obj token : missing) {
      json.writeRawValue(JsonWriter.compact(token));
    }
    json.writeEndArray();
  }

  private static void copyModel(JsonParser tokens, Map<String, Json> replaced, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    while (tokens.nextToken() == JsonToken.FIELD_NAME) {
      String field = tokens.currentName();
      tokens.nextToken();
      json.writeFieldName(field);
      copy(tokens, Optional.ofNullable(replaced.get(MODEL + "." + field)), json);
    }
    json.writeEndObject();
  }
}
