/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The rows of files, in the order of their paths; a part is a file. */
final class FileRows implements RowSource {
  /** What a user's session may pass over in silence must not be passed over here. */
  private static final Map<String, String> STRICT =
      Map.of("ignoreCorruptFiles", "false", "ignoreMissingFiles", "false");

  private static final Map<String, String> CSV =
      Map.of(
          "header", "true",
          "multiLine", "true",
          "escape", "\"",
          "enforceSchema", "false",
          "mode", "FAILFAST");

  private final Supplier<JavaSparkContext> spark;
  private final String name;
  private final DataFormat format;
  private final List<DataFile> files;
  private final Json.Obj known;
  private Optional<RowParser.Form> form = Optional.empty();
  private final Set<String> checked = new HashSet<>();

  /**
   * Files of one format.
   *
   * @param known what is known of all of them, for the identity
   */
  FileRows(
      Supplier<JavaSparkContext> spark,
      String name,
      DataFormat format,
      List<DataFile> files,
      Json.Obj known) {
    this.spark = spark;
    this.name = name;
    this.format = format;
    this.files = List.copyOf(files);
    this.known = known;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Json.Obj identity() {
    Map<String, Object> versions = new LinkedHashMap<>();
    for (DataFile file : files) {
      versions.put(file.name(), Json.object("size", file.size(), "version", file.version()));
    }
    return known.with("format", Json.of(format.name())).with("files", Json.of(versions));
  }

  @Override
  public Order order() {
    return Order.BY_PLACE;
  }

  @Override
  public Changes changes() {
    return Changes.TOLD;
  }

  @Override
  public int parts() {
    return files.size();
  }

  @Override
  public List<String> columns() {
    return switch (form()) {
      case TEXT -> List.of(RowParser.TEXT_COLUMN);
      case TABLE -> Reading.of(name, () -> List.of(table(files).columns()));
      case JSON, DOCUMENT -> List.copyOf(first().values().members().keySet());
    };
  }

  @Override
  public Optional<Glimpse> glimpse() {
    return new FileGlimpse(name, format, files).of(form(), place -> where(place));
  }

  private DataRow first() {
    for (int parts = 1; ; parts = Math.min(2 * parts, files.size())) {
      JavaRDD<byte[]> rows = rows(new Columns.Every(), parts).map(DataRow::encoded);
      List<byte[]> first = Reading.of(name, () -> rows.take(1));
      if (!first.isEmpty()) {
        DataRow row = DataRow.decode(first.get(0));
        if (row.isBroken()) {
          throw new RequestException(where(row.place()) + " " + row.problem());
        }
        return row;
      }
      if (parts == files.size()) {
        throw new RequestException(name + " holds no rows");
      }
    }
  }

  @Override
  public JavaRDD<DataRow> rows(Columns columns, int parts) {
    if (format == DataFormat.PARQUET && columns instanceof Columns.Named named) {
      requireColumns(named.required());
    }
    return content(columns, files.subList(0, parts))
        .toJavaRDD()
        .mapPartitions(new RowParser(ranks(), form(), columns));
  }

  private synchronized void requireColumns(List<String> required) {
    if (!checked.containsAll(required)) {
      // A column that hides in folders' names is in no file.
      List<String> stored =
          required.stream()
              .filter(column -> !files.get(0).folderColumns().contains(column))
              .toList();
      ParquetColumns.require(spark.get(), name, files, stored);
      checked.addAll(required);
    }
  }

  /** The rank of each file by its path. */
  private Map<String, Integer> ranks() {
    Map<String, Integer> ranks = new HashMap<>();
    files.forEach(file -> ranks.put(file.path(), ranks.size()));
    return Map.copyOf(ranks);
  }

  private synchronized RowParser.Form form() {
    if (form.isEmpty()) {
      form = Optional.of(seenForm());
    }
    return form.get();
  }

  private RowParser.Form seenForm() {
    return switch (format) {
      case TEXT -> RowParser.Form.TEXT;
      case JSON -> JsonDocument.isAt(files.get(0)) ? RowParser.Form.DOCUMENT : RowParser.Form.JSON;
      case PARQUET, CSV, TSV, ORC -> RowParser.Form.TABLE;
    };
  }

  /** What Spark reads: a row's bytes, the file, and where the part begins that a task reads. */
  private Dataset<Row> content(Columns columns, List<DataFile> some) {
    RowParser.Form form = form();
    Dataset<Row> read;
    Column content;
    if (form == RowParser.Form.TABLE) {
      read = table(some);
      // An empty field is a text, as a reader of CSV sees it.
      content = RowJson.of(read, columns, value -> isCsv() ? coalesce(value, lit("")) : value);
    } else {
      boolean whole = form == RowParser.Form.DOCUMENT;
      read = reader().option("wholetext", whole).text(paths(some));
      content = col("value");
    }
    return read.select(
        content.cast("binary"), col("_metadata.file_path"), col("_metadata.file_block_start"));
  }

  private DataFrameReader reader() {
    return SparkSessions.of(spark.get()).read().options(STRICT);
  }

  private Dataset<Row> table(List<DataFile> some) {
    DataFrameReader reader = reader();
    if (isCsv()) {
      reader = reader.options(CSV).option("sep", format == DataFormat.TSV ? "\t" : ",");
    }
    // Folders inside may be named by columns and values.
    return reader.format(format.spark()).option("basePath", files.get(0).root()).load(paths(some));
  }

  private boolean isCsv() {
    return format == DataFormat.CSV || format == DataFormat.TSV;
  }

  /** Those that are asked for and there; what lacks shows in each row. */
  /** Spark takes some characters for patterns. */
  private static String[] paths(List<DataFile> some) {
    return some.stream()
        .map(file -> file.path().replaceAll("[{}\\[\\]*?\\\\]", "\\\\$0"))
        .toArray(String[]::new);
  }

  @Override
  public String where(Place place) {
    String file = files.get(place.file()).path();
    String unit =
        switch (form()) {
          case TEXT, JSON -> "line ";
          case TABLE -> "row ";
          case DOCUMENT -> "item ";
        };
    return name + ", " + file + ", " + unit + (before(place) + place.index() + 1);
  }

  /** How many rows stand in the file before the block. */
  private long before(Place place) {
    if (place.block() == 0) {
      return 0;
    }
    JavaRDD<long[]> counts =
        content(new Columns.Every(), List.of(files.get(place.file())))
            .toJavaRDD()
            .map(row -> new long[] {row.getLong(2)})
            .filter(block -> block[0] < place.block());
    return Reading.of(name, counts::count);
  }
}
