/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of a table, or of a query. They stand in an order only if the query ends in one, which
 * must then decide it wholly.
 */
final class QueryRows implements RowSource {
  private final Supplier<JavaSparkContext> spark;
  private final String name;
  private final Kind kind;
  private final String text;

  QueryRows(Supplier<JavaSparkContext> spark, String name, Kind kind, String text) {
    this.spark = spark;
    this.name = name;
    this.kind = kind;
    this.text = text;
  }

  /** What the text is. */
  enum Kind {
    TABLE,
    QUERY
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Json.Obj identity() {
    return Json.object(kind == Kind.TABLE ? "table" : "query", text);
  }

  @Override
  public Order order() {
    return kind == Kind.QUERY && SqlText.isOrdered(text) ? Order.BY_PLACE : Order.NONE;
  }

  @Override
  public Changes changes() {
    return Changes.UNTOLD;
  }

  @Override
  public Optional<Glimpse> glimpse() {
    return Optional.empty();
  }

  @Override
  public List<String> columns() {
    return Reading.of(name, () -> List.of(read().columns()));
  }

  @Override
  public int parts() {
    return 1;
  }

  @Override
  public JavaRDD<DataRow> rows(Columns columns, int parts) {
    return Reading.of(
        name,
        () -> {
          Dataset<Row> read = read();
          Column content = RowJson.of(read, columns, value -> value);
          return read.select(content.cast("binary"))
              .toJavaRDD()
              .mapPartitionsWithIndex(
                  (partition, rows) -> numbered(columns, partition, rows),
                  /* preservesPartitioning= */ false);
        });
  }

  private static Iterator<DataRow> numbered(Columns columns, int partition, Iterator<Row> rows) {
    return new Iterator<>() {
      private long index;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public DataRow next() {
        Place place = new Place(0, partition, index++);
        return RowParser.object(columns, rows.next().getAs(0), place);
      }
    };
  }

  private Dataset<Row> read() {
    SparkSession session = SparkSessions.of(spark.get());
    if (kind == Kind.TABLE) {
      return session.table(text);
    }
    // Fails for what is no query, before it is run.
    session.sql("SELECT * FROM (" + text + "\n) LIMIT 0").schema();
    return session.sql(text);
  }

  @Override
  public String where(Place place) {
    return name + ": a row";
  }
}
