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

  /** Measures what makes parts while they are asked for, but for the time it waits for blocks. */
  <T> Iterator<T> sweeping(Waiting blocks, Iterator<T> parts) {
    return new Timed<>(blocks, parts, sweep);
  }

  /** The same of what makes activations. */
  <T> Iterator<T> advancing(Waiting blocks, Iterator<T> made) {
    return new Timed<>(blocks, made, advance);
  }

  void reduced(long start) {
    reduce.add(System.nanoTime() - start);
  }

  void sent(long more) {
    bytes.add(more);
  }

  /** Blocks that are read, and how long a reader waited for them: others make them meanwhile. */
  static final class Waiting implements Iterator<byte[]> {
    private final Iterator<byte[]> blocks;
    private long nanos;

    Waiting(Iterator<byte[]> blocks) {
      this.blocks = blocks;
    }

    @Override
    public boolean hasNext() {
      long asked = System.nanoTime();
      boolean more = blocks.hasNext();
      nanos += System.nanoTime() - asked;
      return more;
    }

    @Override
    public byte[] next() {
      long asked = System.nanoTime();
      byte[] block = blocks.next();
      nanos += System.nanoTime() - asked;
      return block;
    }
  }

  private record Timed<T>(Waiting blocks, Iterator<T> made, LongAccumulator clock)
      implements Iterator<T> {
    @Override
    public boolean hasNext() {
      long start = System.nanoTime();
      long waited = blocks.nanos;
      boolean more = made.hasNext();
      clock.add(System.nanoTime() - start - (blocks.nanos - waited));
      return more;
    }

    @Override
    public T next() {
      long start = System.nanoTime();
      long waited = blocks.nanos;
      T next = made.next();
      clock.add(System.nanoTime() - start - (blocks.nanos - waited));
      return next;
    }
  }
}
