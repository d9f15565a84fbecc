/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.json.JsonWriter;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A row of a data set: its values by column, or what is wrong with it.
 *
 * @param problem to follow the row's place in a message; empty if all is well
 */
public record DataRow(Place place, Json.Obj values, String problem) implements Serializable {
  private static final String PLACE = "place";
  private static final String VALUES = "values";
  private static final String PROBLEM = "problem";

  static DataRow of(Place place, Json.Obj values) {
    return new DataRow(place, values, "");
  }

  static DataRow broken(Place place, String problem) {
    return new DataRow(place, Json.object(), problem);
  }

  public boolean isBroken() {
    return !problem.isEmpty();
  }

  /**
   * The values as they are hashed: the same bytes for the same content, whatever it was read from.
   */
  public byte[] content() {
    return JsonWriter.compact(values).getBytes(StandardCharsets.UTF_8);
  }

  /** The row as bytes, which pass through any serializer that Spark may use. */
  public byte[] encoded() {
    Json.Obj row =
        Json.object(PLACE, Json.of(java.util.List.of(place.file(), place.block(), place.index())));
    // Half a character would not outlive its bytes.
    return JsonWriter.ascii(
            isBroken() ? row.with(PROBLEM, Json.of(problem)) : row.with(VALUES, values))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** What {@link #encoded} made. */
  public static DataRow decode(byte[] bytes) {
    try {
      Json.Obj row = JsonParser.parseObject(bytes);
      Json.Arr at = (Json.Arr) row.members().get(PLACE);
      Place place = new Place((int) number(at, 0), number(at, 1), number(at, 2));
      Optional<Json> problem = row.member(PROBLEM);
      return problem.isPresent()
          ? broken(place, ((Json.Str) problem.get()).value())
          : of(place, (Json.Obj) row.members().get(VALUES));
    } catch (JsonSyntaxException e) {
      throw new IllegalStateException("A row that was written here cannot be read", e);
    }
  }

  private static long number(Json.Arr array, int index) {
    return ((Json.Num) array.items().get(index)).asLong();
  }
}
