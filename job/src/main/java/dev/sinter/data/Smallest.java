/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import scala.Tuple2;

/** Keeps so many values with the smallest keys, as unsigned bytes. */
final class Smallest<V> {
  private final Comparator<Tuple2<byte[], V>> order =
      (a, b) -> Arrays.compareUnsigned(a._1(), b._1());

  private final PriorityQueue<Tuple2<byte[], V>> kept = new PriorityQueue<>(order.reversed());
  private final int count;

  Smallest(int count) {
    this.count = count;
  }

  void add(byte[] key, V value) {
    if (kept.size() == count && Arrays.compareUnsigned(key, kept.element()._1()) >= 0) {
      return;
    }
    kept.add(new Tuple2<>(key, value));
    if (kept.size() > count) {
      kept.remove();
    }
  }

  /** What was kept, the smallest first. */
  List<Tuple2<byte[], V>> sorted() {
    List<Tuple2<byte[], V>> sorted = new ArrayList<>(kept);
    sorted.sort(order);
    return sorted;
  }
}
