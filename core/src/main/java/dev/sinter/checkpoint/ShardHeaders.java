/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The headers of many shards, read side by side: a store takes its time for each. */
final class ShardHeaders {
  private static final int AT_ONCE = 16;

  private ShardHeaders() {}

  /** The header of each shard, in the order of the names; none for a shard that is not there. */
  static Map<String, Optional<SafetensorsHeader>> read(FileStore store, Collection<String> shards)
      throws IOException {
    ExecutorService readers = Executors.newFixedThreadPool(Math.min(AT_ONCE, shards.size() + 1));
    try {
      Map<String, CompletableFuture<Optional<SafetensorsHeader>>> pending = new LinkedHashMap<>();
      for (String shard : shards) {
        pending.put(shard, CompletableFuture.supplyAsync(() -> header(store, shard), readers));
      }
      Map<String, Optional<SafetensorsHeader>> headers = new LinkedHashMap<>();
      pending.forEach((shard, header) -> headers.put(shard, header.join()));
      return headers;
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException unchecked) {
        throw unchecked.getCause();
      }
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw e;
    } finally {
      readers.shutdownNow();
    }
  }

  private static Optional<SafetensorsHeader> header(FileStore store, String shard) {
    try {
      return store.info(shard).isEmpty()
          ? Optional.empty()
          : Optional.of(SafetensorsHeader.read(store, shard));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
