/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/**
 * Turns what Spark read of files into rows with their places. In a partition, the rows of one part
 * of a file follow each other.
 */
record RowParser(Map<String, Integer> ranks, Form form, Columns columns)
    implements FlatMapFunction<Iterator<Row>, DataRow> {
  static final String TEXT_COLUMN = "text";

  private static final String NO_JSON = "is not JSON: ";

  /** What the bytes are that Spark hands over. */
  enum Form {
    /** A line, which is a row's text. */
    TEXT,
    /** A line, which is an object or blank. */
    JSON,
    /** An object, made of a row's columns. */
    TABLE,
    /** A file, which is an array of objects. */
    DOCUMENT
  }

  @Override
  public Iterator<DataRow> call(Iterator<Row> rows) {
    Parts parts = new Parts(ranks);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), /* parallel= */ false)
        .flatMap(row -> parse(row.getAs(0), parts.next(row.getString(1), row.getLong(2))))
        .iterator();
  }

  /** Counts the rows of each part of a file. */
  private static final class Parts {
    private final Map<String, Integer> ranks;
    private String path = "";
    private Place last = new Place(-1, 0, 0);

    Parts(Map<String, Integer> ranks) {
      this.ranks = ranks;
    }

    Place next(String filePath, long block) {
      boolean goesOn = filePath.equals(path) && block == last.block();
      int file = filePath.equals(path) ? last.file() : rank(filePath);
      path = filePath;
      last = new Place(file, block, goesOn ? last.index() + 1 : 0);
      return last;
    }

    /** Spark tells paths as URIs. */
    private int rank(String filePath) {
      Integer rank = ranks.get(new Path(URI.create(filePath)).toString());
      if (rank == null) {
        throw new IllegalStateException("Spark read a file that was not asked for: " + filePath);
      }
      return rank;
    }
  }

  private Stream<DataRow> parse(byte[] content, Place place) {
    return switch (form) {
      case TEXT -> Stream.of(text(content, place));
      case JSON -> isBlank(content) ? Stream.empty() : Stream.of(line(columns, content, place));
      case TABLE -> Stream.of(object(columns, content, place));
      case DOCUMENT -> JsonDocument.rows(content, place, columns);
    };
  }

  private DataRow text(byte[] content, Place place) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return columns.of(place, Json.object(TEXT_COLUMN, text));
    } catch (CharacterCodingException e) {
      return DataRow.broken(place, "is not UTF-8");
    }
  }

  /** Whose first line is no object may be of another form. */
  static DataRow line(Columns columns, byte[] content, Place place) {
    DataRow row = object(columns, content, place);
    return row.isBroken() && place.index() == 0 && row.problem().startsWith(NO_JSON)
        ? DataRow.broken(
            place, row.problem() + ". A file of JSON holds an object on each line, or one array")
        : row;
  }

  static boolean isBlank(byte[] content) {
    for (byte b : content) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  static DataRow object(Columns columns, byte[] content, Place place) {
    try {
      return columns.of(place, JsonParser.parseObject(content));
    } catch (JsonSyntaxException e) {
      return DataRow.broken(place, NO_JSON + e.fault());
    }
  }
}
