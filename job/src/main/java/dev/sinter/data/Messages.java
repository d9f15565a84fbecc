/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The messages of a chat, as templates take them: objects with role and content. ShareGPT's {@code
 * from} and {@code value} become these.
 */
final class Messages {
  private static final String ROLE = "role";
  private static final String CONTENT = "content";
  private static final String FROM = "from";
  private static final String VALUE = "value";

  /** Who speaks, by the names that sets in ShareGPT's form use. */
  private static final Map<String, String> ROLES =
      Map.of(
          "human", "user",
          "user", "user",
          "gpt", "assistant",
          "chatgpt", "assistant",
          "assistant", "assistant",
          "system", "system",
          "tool", "tool",
          "observation", "tool");

  private Messages() {}

  static List<Json.Obj> of(String column, List<Json> items) throws SampleException {
    List<Json.Obj> messages = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      String at = column + "[" + i + "]";
      if (!(items.get(i) instanceof Json.Obj message)) {
        throw new SampleException(at + " is no message, but " + kind(items.get(i)));
      }
      messages.add(
          message.members().containsKey(FROM) ? shared(at, message) : checked(at, message));
    }
    return messages;
  }

  private static Json.Obj checked(String at, Json.Obj message) throws SampleException {
    if (!(message.members().get(ROLE) instanceof Json.Str)) {
      throw new SampleException(at + " has no role; it has " + message.members().keySet());
    }
    return message;
  }

  private static Json.Obj shared(String at, Json.Obj message) throws SampleException {
    Optional<Json> from = message.member(FROM);
    String role =
        from.isPresent() && from.get() instanceof Json.Str who
            ? ROLES.get(who.value().toLowerCase(Locale.ROOT))
            : null;
    if (role == null) {
      throw new SampleException(
          at
              + " is from "
              + from.map(dev.sinter.json.JsonWriter::compact).orElse("nobody")
              + "; known are "
              + ROLES.keySet().stream().sorted().toList());
    }
    Map<String, Json> members = new LinkedHashMap<>();
    members.put(ROLE, Json.of(role));
    members.put(CONTENT, message.members().getOrDefault(VALUE, new Json.Null()));
    return new Json.Obj(members);
  }

  /** What a value is, for messages. */
  static String kind(Json value) {
    if (value instanceof Json.Obj) {
      return "an object";
    }
    if (value instanceof Json.Arr) {
      return "a list";
    }
    if (value instanceof Json.Null) {
      return "null";
    }
    return value instanceof Json.Str ? "a text" : dev.sinter.json.JsonWriter.compact(value);
  }
}
