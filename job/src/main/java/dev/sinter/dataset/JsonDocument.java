/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A JSON file that is one array of objects, not a line for each. */
final class JsonDocument {
  /** Such a file is held in memory several times over. */
  private static final int LARGEST = 256 << 20;

  private JsonDocument() {}

  /** Whether a file of JSON begins as an array. */
  static boolean isAt(DataFile file) {
    try (InputStream content = FileContent.open(file)) {
      int first = content.read();
      while (first == ' ' || first == '\n' || first == '\r' || first == '\t') {
        first = content.read();
      }
      return first == '[';
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file.path(), e);
    }
  }

  /** The rows of such a file, of which the place is the first's. */
  static Stream<DataRow> rows(byte[] content, Place place, Columns columns) {
    if (content.length > LARGEST) {
      return Stream.of(
          DataRow.broken(
              place,
              "begins an array of "
                  + content.length
                  + " bytes; at most "
                  + LARGEST
                  + " are read in one piece. Write a line for each object"));
    }
    try {
      Json json = JsonParser.parse(content);
      if (!(json instanceof Json.Arr array)) {
        return Stream.of(DataRow.broken(place, "begins no array, as the first file does"));
      }
      return IntStream.range(0, array.items().size())
          .mapToObj(
              i -> {
                Place item = new Place(place.file(), place.block(), i);
                return array.items().get(i) instanceof Json.Obj object
                    ? columns.of(item, object)
                    : DataRow.broken(item, "is no object");
              });
    } catch (JsonSyntaxException e) {
      return Stream.of(DataRow.broken(place, "begins no JSON: " + e.getMessage()));
    }
  }
}
