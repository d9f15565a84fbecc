/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which columns of a data set are read. */
public sealed interface Columns extends Serializable {

  /** All that there are. */
  record Every() implements Columns {}

  /**
   * Those by name.
   *
   * @param required without one of these a row is broken
   * @param optional what a row need not have
   */
  record Named(List<String> required, List<String> optional) implements Columns {
    public Named {
      required = List.copyOf(required);
      optional = List.copyOf(optional);
    }
  }

  /** Whether a column of that name is one of them. */
  default boolean isRead(String column) {
    return !(this instanceof Named named)
        || named.required.contains(column)
        || named.optional.contains(column);
  }

  /** A row of these columns, in their order. */
  default DataRow of(Place place, Json.Obj row) {
    if (!(this instanceof Named named)) {
      return DataRow.of(place, row);
    }
    Map<String, Json> values = new LinkedHashMap<>();
    for (String column : named.required) {
      Optional<Json> value = Optional.ofNullable(row.members().get(column));
      if (value.isEmpty()) {
        return DataRow.broken(place, "has no \"" + column + "\"; it has " + row.members().keySet());
      }
      values.put(column, value.get());
    }
    for (String column : named.optional) {
      Optional.ofNullable(row.members().get(column)).ifPresent(value -> values.put(column, value));
    }
    return DataRow.of(place, new Json.Obj(values));
  }
}
