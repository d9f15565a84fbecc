/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.dataset.Columns;
import dev.sinter.dataset.DataRow;
import dev.sinter.dataset.Reading;
import dev.sinter.dataset.RowSource;
import dev.sinter.problem.RequestException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * The first rows of a data set, in an order that the data and the seed decide and nothing else: how
 * rows are spread over partitions makes no difference.
 */
record RowChoice(RowSource source, Columns columns, Order order) {
  /** Broken rows come before all others, so that none is passed over in silence. */
  private static final byte BROKEN = 0;

  private static final byte SOUND = 1;

  /** In which order rows are considered. */
  sealed interface Order extends Serializable {
    byte[] key(DataRow row);
  }

  /** As they stand. */
  record AsTheyStand() implements Order {
    @Override
    public byte[] key(DataRow row) {
      return row.place().key();
    }
  }

  /** By a hash of seed and content: equal keys mean equal rows, so their order does not matter. */
  record Shuffled(long seed) implements Order {
    @Override
    public byte[] key(DataRow row) {
      MessageDigest sha256 = TensorWriter.sha256();
      sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
      return sha256.digest(row.content());
    }
  }

  /** Rows as they stand; where they stand in no order, by their content, which is said. */
  static RowChoice asTheyStand(RowSource source, Columns columns) {
    return new RowChoice(
        source,
        columns,
        source.order() == RowSource.Order.BY_PLACE ? new AsTheyStand() : new Shuffled(0));
  }

  /** What is said of rows that stand in no order, if these do. */
  static Optional<String> disorder(RowSource source) {
    return source.order() == RowSource.Order.BY_PLACE
        ? Optional.empty()
        : Optional.of(
            source.name()
                + " has no order: its rows are taken by a hash of their content. A query that ends in ORDER BY has one");
  }

  static RowChoice shuffled(RowSource source, Columns columns, long seed) {
    return new RowChoice(source, columns, new Shuffled(seed));
  }

  /** So many rows, or all that there are. */
  List<DataRow> first(int count) {
    int parts = order instanceof AsTheyStand ? 1 : source.parts();
    List<DataRow> rows = first(count, parts);
    while (rows.size() < count && parts < source.parts()) {
      parts = Math.min(2 * parts, source.parts());
      rows = first(count, parts);
    }
    return rows;
  }

  private List<DataRow> first(int count, int parts) {
    Supplier<JavaRDD<Tuple2<byte[], byte[]>>> smallest =
        () -> smallest(source.rows(columns, parts), order, count);
    List<DataRow> rows =
        Reading.of(source.name(), () -> smallest.get().collect()).stream()
            .map(row -> DataRow.decode(row._2()))
            .toList();
    rows.stream()
        .filter(DataRow::isBroken)
        .findFirst()
        .ifPresent(
            row -> {
              throw new RequestException(source.where(row.place()) + " " + row.problem());
            });
    return rows;
  }

  /** Each partition's smallest, and theirs, gathered by an executor: the driver sees no more. */
  private static JavaRDD<Tuple2<byte[], byte[]>> smallest(
      JavaRDD<DataRow> rows, Order order, int count) {
    return rows.mapPartitions(part -> smallestOf(part, order, count))
        .coalesce(1, /* shuffle= */ rows.getNumPartitions() > 1)
        .mapPartitions(
            found -> {
              Smallest<byte[]> smallest = new Smallest<>(count);
              found.forEachRemaining(row -> smallest.add(row._1(), row._2()));
              return smallest.sorted().iterator();
            });
  }

  /** Only rows that may be chosen are made bytes. */
  private static Iterator<Tuple2<byte[], byte[]>> smallestOf(
      Iterator<DataRow> rows, Order order, int count) {
    Smallest<DataRow> smallest = new Smallest<>(count);
    rows.forEachRemaining(row -> smallest.add(key(order, row), row));
    return smallest.sorted().stream()
        .map(row -> new Tuple2<>(row._1(), row._2().encoded()))
        .iterator();
  }

  private static byte[] key(Order order, DataRow row) {
    byte[] key = row.isBroken() ? row.place().key() : order.key(row);
    return ByteBuffer.allocate(1 + key.length)
        .put(row.isBroken() ? BROKEN : SOUND)
        .put(key)
        .array();
  }
}
