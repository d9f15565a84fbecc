/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.api.java.JavaRDD;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Runs a job whose partitions hold one encoded result each, and hands over each result when its
 * task is done, on the caller's thread, so that it is committed while others are still at work.
 */
final class StreamedJob {
  private static final long POLL_MILLIS = 50;

  private StreamedJob() {}

  /** All partitions. */
  static <T> void run(JavaRDD<byte[]> results, Class<T> type, Consumer<? super T> done) {
    List<Integer> all =
        IntStream.range(0, results.getNumPartitions()).boxed().collect(Collectors.toList());
    run(results, all, type, done);
  }

  /** Some partitions; what no partition needs is not computed. */
  static <T> void run(
      JavaRDD<byte[]> results, List<Integer> partitions, Class<T> type, Consumer<? super T> done) {
    BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
    Function1<Iterator<byte[]>, byte[]> first =
        (Function1<Iterator<byte[]>, byte[]> & Serializable) Iterator::next;
    Function2<Object, byte[], BoxedUnit> handler =
        (partition, result) -> {
          arrived.add(result);
          return BoxedUnit.UNIT;
        };
    Function0<BoxedUnit> end = () -> BoxedUnit.UNIT;
    @SuppressWarnings({"unchecked", "rawtypes"})
    SimpleFutureAction<BoxedUnit> action =
        results
            .rdd()
            .sparkContext()
            .submitJob(
                results.rdd(),
                first,
                (scala.collection.immutable.Seq) CollectionConverters.asScala(partitions).toSeq(),
                handler,
                end);
    try {
      while (!action.isCompleted()) {
        take(arrived, type, done);
      }
      // A failed job throws here; what arrived before is handed over all the same.
      drain(arrived, type, done);
      Await.result(action, Duration.Inf());
      drain(arrived, type, done);
    } catch (InterruptedException e) {
      action.cancel();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for Spark", e);
    } catch (RuntimeException | Error e) {
      action.cancel();
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static <T> void take(
      BlockingQueue<byte[]> arrived, Class<T> type, Consumer<? super T> done)
      throws InterruptedException {
    byte[] result = arrived.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    if (result != null) {
      done.accept(Wire.decode(result, type));
    }
  }

  private static <T> void drain(
      BlockingQueue<byte[]> arrived, Class<T> type, Consumer<? super T> done) {
    for (byte[] result = arrived.poll(); result != null; result = arrived.poll()) {
      done.accept(Wire.decode(result, type));
    }
  }
}
