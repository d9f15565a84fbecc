/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;

/** Some rows of a source, by their number in the order of places. */
final class SlicedRows implements RowSource {
  private final RowSource all;
  private final Split.Range range;
  private Optional<Map<Block, Long>> sizes = Optional.empty();

  SlicedRows(RowSource all, Split.Range range) {
    this.all = all;
    this.range = range;
  }

  /** A part of a file that is read by one task. */
  private record Block(int file, long start) implements Comparable<Block>, Serializable {
    static Block of(Place place) {
      return new Block(place.file(), place.block());
    }

    @Override
    public int compareTo(Block other) {
      return new Place(file, start, 0).compareTo(new Place(other.file, other.start, 0));
    }
  }

  /** How many rows stand in each block. */
  private synchronized Map<Block, Long> sizes() {
    if (sizes.isEmpty()) {
      JavaRDD<long[]> counted =
          all.rows(new Columns.Named(List.of(), List.of()), all.parts())
              .mapPartitions(SlicedRows::count);
      Map<Block, Long> found = new TreeMap<>();
      Reading.of(all.name(), counted::collect)
          .forEach(block -> found.merge(new Block((int) block[0], block[1]), block[2], Long::sum));
      sizes = Optional.of(found);
    }
    return sizes.get();
  }

  private static Iterator<long[]> count(Iterator<DataRow> rows) {
    Map<Block, Long> counts = new HashMap<>();
    rows.forEachRemaining(row -> counts.merge(Block.of(row.place()), 1L, Long::sum));
    List<long[]> blocks = new ArrayList<>();
    counts.forEach((block, count) -> blocks.add(new long[] {block.file, block.start, count}));
    return blocks.iterator();
  }

  @Override
  public JavaRDD<DataRow> rows(Columns columns, int parts) {
    long rows = sizes().values().stream().mapToLong(Long::longValue).sum();
    Map<Block, Long> numbers = new HashMap<>();
    long before = 0;
    for (Map.Entry<Block, Long> block : sizes().entrySet()) {
      numbers.put(block.getKey(), before);
      before += block.getValue();
    }
    Numbered numbered = new Numbered(Map.copyOf(numbers), range.start(rows), range.end(rows));
    return all.rows(columns, parts).mapPartitions(numbered);
  }

  /** Keeps rows whose number lies within; in a partition, the rows of a block follow each other. */
  private record Numbered(Map<Block, Long> before, long start, long end)
      implements FlatMapFunction<Iterator<DataRow>, DataRow> {
    @Override
    public Iterator<DataRow> call(Iterator<DataRow> rows) {
      Map<Block, Long> next = new HashMap<>(before);
      return StreamSupport.stream(
              Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), /* parallel= */ false)
          .filter(
              row -> {
                long behind = next.merge(Block.of(row.place()), 1L, Long::sum);
                return behind > start && behind <= end;
              })
          .iterator();
    }
  }

  @Override
  public String name() {
    return all.name();
  }

  @Override
  public Json.Obj identity() throws IOException {
    return all.identity().with("range", Json.of(range.toString()));
  }

  @Override
  public Order order() {
    return all.order();
  }

  @Override
  public Changes changes() {
    return all.changes();
  }

  @Override
  public Optional<Glimpse> glimpse() {
    return all.glimpse();
  }

  @Override
  public List<String> columns() {
    return all.columns();
  }

  @Override
  public int parts() {
    return all.parts();
  }

  @Override
  public String where(Place place) {
    return all.where(place);
  }
}
