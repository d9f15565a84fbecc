/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same for many things, a few at a time; the first failure ends all. */
final class Parallel {
  private static final int AT_ONCE = 4;

  private Parallel() {}

  /** What is done with each. */
  interface Step<A, B> {
    B take(A item) throws IOException;
  }

  /** The results in the order of the things. */
  static <A, B> List<B> map(List<A> items, Step<A, B> step) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            AT_ONCE,
            task -> {
              Thread thread = new Thread(task, "hub");
              thread.setDaemon(true);
              return thread;
            });
    try {
      ExecutorCompletionService<B> done = new ExecutorCompletionService<>(threads);
      List<Future<B>> all = new ArrayList<>();
      items.forEach(item -> all.add(done.submit(() -> step.take(item))));
      for (int i = 0; i < items.size(); i++) {
        done.take().get();
      }
      List<B> results = new ArrayList<>();
      for (Future<B> future : all) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while fetching from a hub");
    } finally {
      threads.shutdownNow();
    }
  }

  private static IOException failure(Throwable cause) {
    if (cause instanceof IOException failure) {
      return failure;
    }
    if (cause instanceof RuntimeException failure) {
      throw failure;
    }
    throw new IllegalStateException("A download failed", cause);
  }
}
