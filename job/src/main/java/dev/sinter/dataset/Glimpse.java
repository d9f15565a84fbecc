/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be seen of rows without Spark: their columns, and what stands in them. */
public record Glimpse(Map<String, Kind> columns) {
  /** What a value is. */
  public enum Kind {
    TEXT,
    /** A list of objects, as chats are. */
    OBJECTS,
    OTHER
  }

  public Glimpse {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  static Glimpse of(Json.Obj row) {
    Map<String, Kind> columns = new LinkedHashMap<>();
    row.members().forEach((name, value) -> columns.put(name, kind(value)));
    return new Glimpse(columns);
  }

  private static Kind kind(Json value) {
    if (value instanceof Json.Str) {
      return Kind.TEXT;
    }
    boolean objects =
        value instanceof Json.Arr list
            && !list.items().isEmpty()
            && list.items().get(0) instanceof Json.Obj;
    return objects ? Kind.OBJECTS : Kind.OTHER;
  }

  /** The names of the columns. */
  public List<String> names() {
    return List.copyOf(columns.keySet());
  }
}
