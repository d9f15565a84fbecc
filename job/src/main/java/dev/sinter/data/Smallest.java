/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * Of pairs of a key and a value so many with the smallest keys, as unsigned bytes, in their order.
 */
record Smallest(int count)
    implements FlatMapFunction<Iterator<Tuple2<byte[], byte[]>>, Tuple2<byte[], byte[]>> {
  private static final Comparator<Tuple2<byte[], byte[]>> BY_KEY =
      (a, b) -> Arrays.compareUnsigned(a._1(), b._1());

  @Override
  public Iterator<Tuple2<byte[], byte[]>> call(Iterator<Tuple2<byte[], byte[]>> pairs) {
    PriorityQueue<Tuple2<byte[], byte[]>> kept = new PriorityQueue<>(BY_KEY.reversed());
    while (pairs.hasNext()) {
      kept.add(pairs.next());
      if (kept.size() > count) {
        kept.remove();
      }
    }
    List<Tuple2<byte[], byte[]>> sorted = new ArrayList<>(kept);
    sorted.sort(BY_KEY);
    return sorted.iterator();
  }
}
