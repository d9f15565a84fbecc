/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.dataset.FileContent.Line;
import dev.sinter.dataset.Glimpse.Kind;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Looks at the first row of files; what is wrong with files that cannot be read Spark tells. */
record FileGlimpse(String name, DataFormat format, List<DataFile> files) {

  /** What is seen of rows in a form, if anything. */
  Optional<Glimpse> of(RowParser.Form form, Function<Place, String> where) {
    try {
      return switch (form) {
        case TEXT -> line().map(line -> new Glimpse(Map.of(RowParser.TEXT_COLUMN, Kind.TEXT)));
        case JSON -> Optional.of(json(where));
        case TABLE -> table();
        case DOCUMENT -> Optional.empty();
      };
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The first line of all that is not blank, its file's rank before it. */
  private Optional<Map.Entry<Integer, Line>> line() throws IOException {
    for (int rank = 0; rank < files.size(); rank++) {
      Optional<Line> line = FileContent.firstLine(files.get(rank));
      if (line.isPresent()) {
        return Optional.of(Map.entry(rank, line.get()));
      }
    }
    return Optional.empty();
  }

  private Glimpse json(Function<Place, String> where) throws IOException {
    Map.Entry<Integer, Line> first =
        line().orElseThrow(() -> new RequestException(name + " holds no rows"));
    Place place = new Place(first.getKey(), 0, first.getValue().before());
    DataRow row = RowParser.line(new Columns.Every(), first.getValue().content(), place);
    if (row.isBroken()) {
      throw new RequestException(where.apply(place) + " " + row.problem());
    }
    return Glimpse.of(row.values());
  }

  private Optional<Glimpse> table() throws IOException {
    return switch (format) {
      case PARQUET -> Optional.of(ParquetColumns.glimpse(name, files));
      case CSV -> header(",");
      case TSV -> header("\t");
      default -> Optional.empty();
    };
  }

  /** Names that need no quotes; all else is for who reads the whole file. */
  private Optional<Glimpse> header(String separator) throws IOException {
    Optional<Line> line = FileContent.firstLine(files.get(0));
    if (line.isEmpty() || line.get().before() > 0) {
      return Optional.empty();
    }
    String header = new String(line.get().content(), StandardCharsets.UTF_8);
    Map<String, Kind> columns = new LinkedHashMap<>();
    for (String column : header.split(separator, -1)) {
      boolean twice = columns.put(column, Kind.TEXT) != null;
      if (twice || column.isBlank() || header.contains("\"")) {
        return Optional.empty();
      }
    }
    return Optional.of(new Glimpse(columns));
  }
}
