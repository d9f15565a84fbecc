/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.session.Effort;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/** What tasks tell the driver of where their time went. */
final class TaskClocks implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LongAccumulator advance;
  private final LongAccumulator sweep;
  private final LongAccumulator reduce;
  private final LongAccumulator bytes;

  TaskClocks(SparkContext spark) {
    this.advance = spark.longAccumulator("sinter advance ns");
    this.sweep = spark.longAccumulator("sinter sweep ns");
    this.reduce = spark.longAccumulator("sinter reduce ns");
    this.bytes = spark.longAccumulator("sinter bytes of statistics");
  }

  Effort effort() {
    return new Effort(seconds(advance), seconds(sweep), seconds(reduce), 0, 0, bytes.value());
  }

  private static double seconds(LongAccumulator nanos) {
    return nanos.value() / 1e9;
  }

  void advanced(long start) {
    advance.add(System.nanoTime() - start);
  }

  void swept(long nanos) {
    sweep.add(nanos);
  }

  void reduced(long start) {
    reduce.add(System.nanoTime() - start);
  }

  void sent(long more) {
    bytes.add(more);
  }

  /** Measures a sweep, but for the time in which it waits for the blocks that it reads. */
  final class Sweeping implements Iterator<byte[]> {
    private final Iterator<byte[]> blocks;
    private final long start = System.nanoTime();
    private long waited;

    Sweeping(Iterator<byte[]> blocks) {
      this.blocks = blocks;
    }

    @Override
    public boolean hasNext() {
      long asked = System.nanoTime();
      boolean more = blocks.hasNext();
      waited += System.nanoTime() - asked;
      return more;
    }

    @Override
    public byte[] next() {
      long asked = System.nanoTime();
      byte[] block = blocks.next();
      waited += System.nanoTime() - asked;
      return block;
    }

    void done() {
      swept(System.nanoTime() - start - waited);
    }
  }
}
